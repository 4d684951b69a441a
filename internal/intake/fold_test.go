package intake

import "testing"

func TestFold(t *testing.T) {
	for typed, want := range map[string]string{
		"Łucja Ŵyn":           "lucja wyn",
		"SIÂN O’NEILL":        "sian o'neill",
		"Zoë Müller-Großmann": "zoe muller-grossmann",
		"Nguyễn Thị Đào":      "nguyen thi dao",
		"Sia\u0302n":          "sian",
		"Ægir Þórsson":        "aegir thorsson",
		"İpek Çağlayan":       "ipek caglayan",
		"Анна":                "анна",
		"王 Δημήτρης":          "王 δημήτρης",
		"":                    "",
	} {
		if got := Fold(typed); got != want {
			t.Errorf("Fold(%q): got %q, want %q", typed, got, want)
		}
	}
	for range 2 { // folded again it is the same
		if once := Fold("Łucja Ŵyn İpek"); Fold(once) != once {
			t.Errorf("%q becomes %q", once, Fold(once))
		}
	}
}
