// What forms use of the NHS.UK frontend; other pages do not load it. Everything works without it.
import { Button, CharacterCount, ErrorSummary, SkipLink, createAll } from 'nhsuk-frontend'

// The components and some styles look for these classes. A browser that runs modules supports them.
document.body.classList.add('js-enabled', 'nhsuk-frontend-supported')

createAll(Button)
createAll(ErrorSummary)
createAll(SkipLink)
// Characters are counted as the server counts them: an emoji is one, not two.
createAll(CharacterCount, { countFunction: (text) => Array.from(text).length })
