// Package words is what a hub calls the people involved in an application: who decides, who employs
// the applicant, and what an applicant is. Each hub says it once, in site.yaml, and every page,
// PDF, figure and export uses those words.
//
// A text of the program names such a person in single braces, and goes through [Words.Say]: "We
// have told the {decider}." What a person typed never goes through it.
package words

import "strings"

// Words are what a hub calls people. Empty ones are taken from [Default].
type Words struct {
	Decider       string `key:"decider" json:"decider,omitempty"`                 // who decides: "ICB lead"
	DeciderInFull string `key:"decider_in_full" json:"decider_in_full,omitempty"` // the same, at its first mention
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

// Whole fills empty words in from [Default]. If only the short word was given, it is also used
// where the full one belongs.
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

// facts are the words by the names for editors' texts, without the "hub." before them.
func (w *Words) facts() map[string]*string {
	return map[string]*string{"decider": &w.Decider, "decider-in-full": &w.DeciderInFull,
		"employer": &w.Employer, "manager": &w.Manager, "applicant": &w.Applicant}
}

// Facts returns the words by the names that editors' texts use.
func (w Words) Facts() map[string]string {
	w = w.Whole()
	facts := map[string]string{}
	for name, word := range w.facts() {
		facts[name] = *word
	}
	return facts
}

// Of returns the words that a hub's facts give, where they differ from [Default].
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

// Say puts the words into a text of the program. A name with a capital letter gives a word with
// one: "{Employer}". A name after "a " gives the word with its article: "{a employer}", "{A
// employer}".
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

// capital makes a word begin with a capital letter. All words here begin with an English letter.
func capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// article puts "a" or "an" before a word. A short name in capitals is spelled out: "an STP lead",
// "an NHS trust", "a UK trust".
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
