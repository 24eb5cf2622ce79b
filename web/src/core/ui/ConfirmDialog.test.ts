import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { mountPage } from '@/testing/mountPage'
import { useConfirm } from './confirm'
import ConfirmDialog from './ConfirmDialog.vue'

const button = (text: string) => [...document.querySelectorAll('button')].find((each) => each.textContent?.trim() === text)

it('answers yes only after the name was typed', async () => {
  await mountPage(ConfirmDialog)
  const answer = useConfirm()({ title: 'Delete?', text: 'Gone for good.', action: 'Delete', danger: true, typed: 'teller' })
  await flushPromises()
  expect(button('Delete')?.disabled).toBe(true)
  const input = document.querySelector('input')!
  input.value = 'teller'
  input.dispatchEvent(new Event('input'))
  await flushPromises()
  expect(button('Delete')?.disabled).toBe(false)
  button('Delete')!.click()
  await expect(answer).resolves.toBe(true)
})

it('answers no to cancel, and to the question that a newer one replaces', async () => {
  await mountPage(ConfirmDialog)
  const confirm = useConfirm()
  const first = confirm({ title: 'One', text: '', action: 'Do' })
  const second = confirm({ title: 'Two', text: '', action: 'Do' })
  await flushPromises()
  button('Cancel')!.click()
  await expect(Promise.all([first, second])).resolves.toEqual([false, false])
})
