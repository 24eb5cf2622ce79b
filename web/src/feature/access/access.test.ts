import { describe, expect, it, vi } from 'vitest'
import { deviceOf } from './device'
import { takeLinkToken } from './linkToken'
import { passwordProblem } from './passwordRules'
import { returnTo } from './returnTo'
import { userCell, visibleUsers } from './userTable'
import type { User } from './queries'

describe('returnTo', () => {
  it.each([
    ['/c/local/pods?ns=a', '/c/local/pods?ns=a'], [null, '/'], ['', '/'], ['https://evil.example/', '/'], ['//evil.example', '/'],
    ['/\\evil.example', '/'], ['javascript:alert(1)', '/'], ['/sign-in', '/'], ['pods', '/'],
  ])('%s → %s', (to, target) => expect(returnTo({ to })).toBe(target))
})

describe('takeLinkToken', () => {
  it('takes the token and leaves nothing of it in the address', () => {
    const history = { replaceState: vi.fn(), state: { a: 1 } }
    expect(takeLinkToken({ hash: '#token=kml_x', pathname: '/sub/sign-in/link', search: '' }, history)).toBe('kml_x')
    expect(history.replaceState).toHaveBeenCalledWith({ a: 1 }, '', '/sub/sign-in/link')
  })

  it.each(['', '#', '#token=', '#other=1'])('finds none in %j', (hash) => {
    expect(takeLinkToken({ hash, pathname: '/', search: '' }, { replaceState: vi.fn(), state: null })).toBeNull()
  })
})

describe('passwordProblem', () => {
  it.each([
    ['correct horse battery', 'correct horse battery', null], ['short', 'short', 'access.password.short'], ['my WANG.LEI password', 'my WANG.LEI password', 'access.password.name'],
    ['correct horse battery', 'correct horse', 'access.password.different'], ['密码密码密码密码密码密码', '密码密码密码密码密码密码', null],
  ])('%s / %s → %s', (password, repeated, problem) => expect(passwordProblem(password, repeated, 'wang.lei')).toBe(problem))
})

describe('deviceOf', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36', 'Chrome, Linux'],
    ['Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140', 'Edge, Windows'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Version/18 Safari/604', 'Safari, iPhone'],
    ['kubemate/0.1', 'kubemate CLI'], ['', ''], ['curl/8', ''],
  ])('%s → %s', (agent, device) => expect(deviceOf(agent)).toBe(device))
})

describe('the table of users', () => {
  const user = (name: string, more: Partial<User> = {}): User => ({ name, displayName: '', email: '', groups: [], disabled: false, mustSetPassword: false, ...more }) as User
  const users = [user('li.na', { displayName: '李娜', groups: ['viewers'] }), user('admin', { disabled: true }), user('bo', { email: 'bo@bank.example', mustSetPassword: true })]
  const names = (text: string, sort: string, desc = false): string[] => visibleUsers(users, text, sort, desc).map((each) => each.name)

  it('finds by any of the shown texts', () => {
    expect(names('李', 'name')).toEqual(['li.na'])
    expect(names('BANK', 'name')).toEqual(['bo'])
    expect(names('viewers', 'name')).toEqual(['li.na'])
    expect(names('nobody', 'name')).toEqual([])
  })

  it('sorts both ways, by state too', () => {
    expect(names('', 'name')).toEqual(['admin', 'bo', 'li.na'])
    expect(names('', 'state', true)).toEqual(['admin', 'bo', 'li.na'])
    expect(userCell(user('a'), 'nothing')).toBeNull()
  })
})
