export { teardown as default } from './platform.js'
