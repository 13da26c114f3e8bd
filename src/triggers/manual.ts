import { result, type Trigger } from './input.ts'

/** Somebody asked: workflow_dispatch, a comment, `refit retrain`. */
export const manual: Trigger = {
  name: 'manual',
  evaluate({ config, manual: request }) {
    const reason = request?.reason ? `: “${request.reason}”` : ''
    if (config.manual === false) {
      const ignored = request ? `; the request by ${request.by} was not followed` : ''
      return result('manual', 'off', `the manual trigger is switched off${ignored}`)
    }
    return request
      ? result('manual', 'fired', `asked for by ${request.by}${reason}`)
      : result('manual', 'quiet', 'nobody asked')
  },
}
