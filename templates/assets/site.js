// The components of the NHS.UK frontend that forms use. Other pages do not load this file, and
// everything works without it. Each component is imported from its own file, because with
// 'nhsuk-frontend' a build would read all of them.
import { Button } from 'nhsuk-frontend/dist/nhsuk/components/button/button.mjs'
import { CharacterCount } from 'nhsuk-frontend/dist/nhsuk/components/character-count/character-count.mjs'
import { ErrorSummary } from 'nhsuk-frontend/dist/nhsuk/components/error-summary/error-summary.mjs'
import { SkipLink } from 'nhsuk-frontend/dist/nhsuk/components/skip-link/skip-link.mjs'

// The components and some styles look for these classes. A browser that runs modules supports them.
document.body.classList.add('js-enabled', 'nhsuk-frontend-supported')

const each = (Component, config) => {
  for (const element of document.querySelectorAll(`[data-module="${Component.moduleName}"]`)) {
    try {
      new Component(element, config)
    } catch (error) {
      console.log(error) // the other components still work
    }
  }
}

each(Button)
each(ErrorSummary)
each(SkipLink)
// Characters are counted as the server counts them: an emoji is one, not two.
each(CharacterCount, { countFunction: (text) => Array.from(text).length })

// A file that is too large is not sent, because AWS would refuse it with a page of its own.
for (const input of document.querySelectorAll('input[type="file"]')) {
  const says = document.createElement('span')
  says.className = 'nhsuk-error-message'
  says.setAttribute('role', 'alert')
  says.textContent = 'The file is larger than 4 MB. Choose a smaller one.'
  input.addEventListener('change', () => {
    says.remove()
    if (input.files[0]?.size > 4 * 2 ** 20) {
      input.value = ''
      input.before(says)
    }
  })
}
