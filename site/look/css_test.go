package look

import "testing"

func TestCut(t *testing.T) {
	words := map[string]bool{}
	addWords(words, `<p class="a b-c">`)
	for css, want := range map[string]string{
		`p{x:y}.a{x:y}.z{x:y}`:                   `p{x:y}.a{x:y}`,
		`.a,.z,.b-c{x:y}`:                        `.a,.b-c{x:y}`,
		`.a .z,.a>.b-c{x:y}`:                     `.a>.b-c{x:y}`,
		`.a:not(.z),.a:has(>.z,.y){x:y}`:         `.a:not(.z),.a:has(>.z,.y){x:y}`,
		`[class^=z],[x=".z,"]{x:y}`:              `[class^=z],[x=".z,"]{x:y}`,
		`@media print{.z{x:y}}.a{x:y}`:           `.a{x:y}`,
		`@media print{.z{x:y}.a{x:y}}`:           `@media print{.a{x:y}}`,
		`@supports (x:y){@media print{.a{x:y}}}`: `@supports (x:y){@media print{.a{x:y}}}`,
		`@charset "UTF-8";.a{content:"}.z{"}`:    `@charset "UTF-8";.a{content:"}.z{"}`,
		`@font-face{src:url(https://x)}.a{x:y}`:  `.a{x:y}`,
		`.a{mask:url(/assets/x.svg)}.a{x:y}`:     `.a{x:y}`,
		`.a{x:y`:                                 `.a{x:y}`,
	} {
		if got := cut(css, words); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", css, got, want)
		}
	}
}
