// Runs before tests and builds: `npm run` must find the Node that the dev dependency brings.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `Node ${process.versions.node} is too old (22.19 or newer). Run "npm ci" without --ignore-scripts, so that the dev dependency "node" can put Node 24 into node_modules/.bin.\n`,
  );
  process.exit(1);
}
