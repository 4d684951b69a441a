package picture

import (
	"errors"
	"strings"
	"testing"
)

func TestSVG(t *testing.T) {
	const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"`
	for in, want := range map[string]string{
		open + `><path d="M0 0h8" fill="#fff"/></svg>`:                                                  open + `><path d="M0 0h8" fill="#fff"></path></svg>`,
		open + ` onload="alert(1)"><g onclick="x()" class="a" style="fill:red;behavior:x"/></svg>`:      open + `><g fill="red"></g></svg>`,
		"<?xml version=\"1.0\"?><!-- by me -->\n" + open + `><metadata><a>who</a></metadata><g/></svg>`: open + `><g></g></svg>`,
		open + ` xmlns:i="urn:i"><i:grid x="1"><path d="M1"/></i:grid></svg>`:                           open + `></svg>`,
		open + `><use href="https://example.org/x.svg#a"/><use href="#b"/></svg>`:                       open + `><use></use><use href="#b"></use></svg>`,
		open + `><g fill="url(https://example.org)"/><g fill="url('#b')"/></svg>`:                       open + `><g></g><g fill="url(&#39;#b&#39;)"></g></svg>`,
		open + `><title>A &lt;mark&gt;</title></svg>`:                                                   open + `><title>A &lt;mark&gt;</title></svg>`,
	} {
		got, err := SVG([]byte(in))
		if err != nil || string(got) != want {
			t.Errorf("%s\ngot  %s, %v\nwant %s", in, got, err, want)
		}
		if again, err := SVG(got); err != nil || string(again) != string(got) {
			t.Errorf("%s: after a second time it is %s, %v", in, again, err)
		}
	}
	for _, bad := range []string{"", "<svg/>", "GIF89a", open + `><script>x</script></svg>`, open + `><style>*{}</style></svg>`,
		open + `><foreignObject/></svg>`, open + `><image href="x.png"/></svg>`, open + `><g>`,
		`<!DOCTYPE svg [<!ENTITY a "b">]>` + open + `><text>&a;</text></svg>`, strings.Repeat("<g>", 10)} {
		if got, err := SVG([]byte(bad)); !errors.Is(err, ErrPicture) {
			t.Errorf("%s is taken: %s, %v", bad, got, err)
		}
	}
}

func FuzzSVG(f *testing.F) {
	f.Add([]byte(`<svg xmlns="http://www.w3.org/2000/svg"><path d="M0" onclick="x" style="fill:url(#a)"/></svg>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		one, err := SVG(data)
		if err != nil {
			return
		}
		for _, bad := range []string{"<script", " on", "javascript:", "http:", "https:"} {
			if strings.Contains(strings.Replace(strings.ToLower(string(one)), svgSpace, "", 1), "<"+bad) {
				t.Errorf("%q is left in %s", bad, one)
			}
		}
		if two, err := SVG(one); err != nil || string(two) != string(one) {
			t.Errorf("%s\nbecomes\n%s, %v", one, two, err)
		}
	})
}
