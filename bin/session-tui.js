#!/usr/bin/env node
// Starts the built program. Plain old syntax up to the version check, so that an old Node can say what is wrong.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `session-tui needs Node 22.19 or newer; this is ${process.versions.node}. In a checkout, start it with: npm start --\n`,
  );
  process.exit(1);
}
process.env.NODE_ENV = 'production';
// Not `import`: the ES module form of a builtin costs more than what it is needed for here.
process.getBuiltinModule('node:module').enableCompileCache?.();
await import('../dist/main.js');
