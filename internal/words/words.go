// Package words is what a hub calls those who have to do with an application: who decides, who
// employs the applicant, what an applicant is. Each hub says it once, in site.yaml, and every page,
// PDF, figure and export of the hub says it so.
//
// A text of the program that names one of them has its place in single braces, and goes through
// [Words.Say]: "We have told the {decider}." What a person typed never does.
package words

import "strings"

// Words are what a hub calls people. What is empty has the words of [Default].
type Words struct {
	Decider       string `key:"decider" json:"decider,omitempty"`                 // who decides: "ICB lead"
	DeciderInFull string `key:"decider_in_full" json:"decider_in_full,omitempty"` // the same where it is said first
	Employer      string `key:"employer" json:"employer,omitempty"`               // who confirms a part: "trust"
	Manager       string `key:"manager" json:"manager,omitempty"`                 // who signs for the employer: "ward manager"
	Applicant     string `key:"applicant" json:"applicant,omitempty"`             // what an applicant is: "nurse"
}

// Default are the words of a hub that says nothing else.
var Default = Words{
	Decider:       "STP lead",
	DeciderInFull: "lead of the sustainability and transformation partnership (STP)",
	Employer:      "practice",
	Manager:       "practice manager",
	Applicant:     "doctor",
}

// Whole are the words with those of [Default] where there are none. What is said in full is said
// like the short word if only that was given.
func (w Words) Whole() Words {
	or := func(own *string, usual string) {
		if *own == "" {
			*own = usual
		}
	}
	if w.Decider != "" {
		or(&w.DeciderInFull, w.Decider)
	}
	or(&w.Decider, Default.Decider)
	or(&w.DeciderInFull, Default.DeciderInFull)
	or(&w.Employer, Default.Employer)
	or(&w.Manager, Default.Manager)
	or(&w.Applicant, Default.Applicant)
	return w
}

// facts are the names by which editors' texts show the words, each behind "hub.".
func (w *Words) facts() map[string]*string {
	return map[string]*string{"decider": &w.Decider, "decider-in-full": &w.DeciderInFull,
		"employer": &w.Employer, "manager": &w.Manager, "applicant": &w.Applicant}
}

// Facts are the words by the names that editors' texts have for them.
func (w Words) Facts() map[string]string {
	w = w.Whole()
	facts := map[string]string{}
	for name, word := range w.facts() {
		facts[name] = *word
	}
	return facts
}

// Of gives back the words whose facts a hub has, as far as they are not those of [Default].
func Of(fact func(name string) (string, bool)) (w Words) {
	usual := Default.Facts()
	for name, word := range w.facts() {
		if fact == nil {
			break
		}
		if own, _ := fact(name); own != usual[name] {
			*word = own
		}
	}
	return w
}

// Say puts the words into a text of the program. A name that begins with a capital letter gives a
// word that does: "{Employer}". One with "a " before it gives the word with its article:
// "{a employer}", "{A employer}".
func (w Words) Say(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	w = w.Whole()
	var pairs []string
	for name, is := range w.facts() {
		word, with := *is, article(*is)
		pairs = append(pairs, "{"+name+"}", word, "{"+capital(name)+"}", capital(word),
			"{a "+name+"}", with, "{A "+name+"}", capital(with))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// SayAll is [Words.Say] for several texts.
func (w Words) SayAll(texts ...string) []string {
	for i := range texts {
		texts[i] = w.Say(texts[i])
	}
	return texts
}

// capital is a word with a capital letter: all words here begin with a letter of English.
func capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// article is a word with "a" or "an" before it. A short name in capitals is spelled out: "an STP
// lead", "an NHS trust", "a UK trust".
func article(word string) string {
	vowels := "aeiouAEIO"
	if first, _, _ := strings.Cut(word, " "); len(first) > 1 && first == strings.ToUpper(first) {
		vowels = "AEFHILMNORSX"
	}
	if strings.Contains(vowels, word[:1]) {
		return "an " + word
	}
	return "a " + word
}
