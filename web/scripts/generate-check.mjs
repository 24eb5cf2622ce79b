// Fails when the typed client does not fit api/openapi.yaml.
import { readFileSync } from 'node:fs'
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript'

const spec = new URL('../../api/openapi.yaml', import.meta.url)
const written = readFileSync(new URL('../src/core/api/schema.d.ts', import.meta.url), 'utf8')
const wanted = COMMENT_HEADER + astToString(await openapiTS(spec))
if (written.trim() !== wanted.trim()) {
  console.error('src/core/api/schema.d.ts does not fit api/openapi.yaml: run "npm run generate" in web/ and commit the result')
  process.exitCode = 1
}
