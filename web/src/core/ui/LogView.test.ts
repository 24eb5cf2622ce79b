import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { mountPage } from '@/testing/mountPage'
import { LogBuffer } from './log/buffer'
import LogView from './LogView.vue'

it('draws only the lines in view of a long log, and shows where lines come from', async () => {
  const buffer = new LogBuffer()
  for (let n = 0; n < 100_000; n++) buffer.append({ text: `line ${n}`, pod: 'teller-0', container: 'teller' })
  buffer.flush()
  const { page } = await mountPage(LogView, { props: { buffer, label: 'Log', source: true } })
  expect(page.findAll('.line').length).toBeLessThan(200)
  expect(page.find('.line').text()).toContain('teller-0/teller')
  expect(page.text()).toContain('100,000 lines')
})

it('shows new lines and notes as they come', async () => {
  const buffer = new LogBuffer()
  const { page } = await mountPage(LogView, { props: { buffer, label: 'Log' } })
  expect(page.text()).toContain('No lines yet.')
  buffer.append({ text: 'hello' })
  buffer.append({ text: 'reconnected', note: 'gap' })
  buffer.flush()
  await flushPromises()
  expect(page.findAll('.line').map((line) => line.text())).toEqual(['hello', 'reconnected'])
  expect(page.find('.line.note').exists()).toBe(true)
})
