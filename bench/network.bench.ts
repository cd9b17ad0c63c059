export { default } from './network.ts';
