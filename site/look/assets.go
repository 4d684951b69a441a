package look

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"traininghub/internal/page"
	"traininghub/internal/parallel"
	"traininghub/site/digest"
	"traininghub/site/markdown"
	"traininghub/site/picture"
)

// ErrNoFrontEnd says that npm has not installed the NHS front end in its folder.
var ErrNoFrontEnd = errors.New("the NHS front end, nhsuk-frontend, is missing")

// makeAssets makes styles, scripts and icons. The address of each contains a digest of its
// contents, so that a browser may keep it for ever.
func (l *Look) makeAssets(hub *page.Site, templates fs.FS, modules string) (page.Assets, error) {
	style := filepath.Join(modules, "nhsuk-frontend", "dist", "nhsuk", "nhsuk-frontend.min.css")
	nhs, err := os.ReadFile(style)
	if errors.Is(err, fs.ErrNotExist) {
		return page.Assets{}, ErrNoFrontEnd
	} else if err != nil {
		return page.Assets{}, err
	}
	l.Modules[style] = digest.Of(nhs)
	var script, find, own, share []byte
	var wrong error
	parallel.Do(2, func(i int) {
		if i == 0 {
			script, err = l.bundle(templates, modules, "site")
			if err == nil {
				find, err = l.bundle(templates, modules, "find")
			}
		} else if own, wrong = minified(templates); wrong == nil {
			share, wrong = drawn(templates, "assets/share.png", hub, picture.Share)
		}
	})
	if err = cmp.Or(err, wrong); err != nil {
		return page.Assets{}, err
	}
	words := map[string]bool{}
	addWords(words, markdown.Markup)
	addWords(words, string(script))
	addWords(words, string(find))
	if err := templateWords(templates, words); err != nil {
		return page.Assets{}, err
	}
	icon, err := drawn(templates, "assets/favicon.svg", hub, picture.Icon)
	if err != nil {
		return page.Assets{}, err
	}
	return page.Assets{
		CSS:     l.asset("site", ".css", append(stylesheet(string(nhs), words, own), coloured(hub.Identity)...)),
		JS:      l.asset("site", ".js", script),
		Find:    l.asset("find", ".js", find),
		Icon:    l.asset("favicon", ".svg", icon),
		Picture: l.asset("share", ".png", share),
	}, nil
}

// drawn is a picture of the hub's letters, or the hub's own picture if it is among its templates.
func drawn(
	templates fs.FS, name string, hub *page.Site, draw func(letters, colour string) ([]byte, error),
) ([]byte, error) {
	own, err := fs.ReadFile(templates, name)
	if errors.Is(err, fs.ErrNotExist) {
		return draw(hub.Letters(), hub.Identity.Shade())
	}
	return own, err
}

// coloured is the style of a header in the hub's own colour.
func coloured(whose page.Identity) string {
	if whose.Colour == "" {
		return ""
	}
	return fmt.Sprintf(".nhsuk-header,.nhsuk-header__navigation{background-color:%[1]s}"+
		".nhsuk-header__navigation-container{border-color:#ffffff66}.nhsuk-footer{border-color:%[1]s}", whose.Colour)
}

func (l *Look) asset(name, ext string, data []byte) (address string) {
	sum := sha256.Sum256(data)
	file := fmt.Sprintf("assets/%s-%X%s", name, sum[:4], ext)
	l.Files[file] = data
	return "/" + file
}

// scripts is the source folder of the scripts.
const scripts = "templates/assets/"

// bundle is a script together with what it imports from the NHS front end.
func (l *Look) bundle(templates fs.FS, modules, name string) ([]byte, error) {
	text, err := fs.ReadFile(templates, "assets/"+name+".js")
	if err != nil {
		return nil, err
	}
	absolute, err := filepath.Abs(modules)
	if err != nil {
		return nil, err
	}
	r := api.Build(api.BuildOptions{
		Stdin: &api.StdinOptions{Contents: string(text), Sourcefile: scripts + name + ".js",
			ResolveDir: filepath.Dir(absolute)},
		NodePaths:         []string{absolute},
		Bundle:            true,
		Format:            api.FormatESModule,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone,
		Charset:           api.CharsetUTF8,
		Metafile:          true,
	})
	if err := failed(r.Errors); err != nil {
		return nil, err
	}
	if err := l.note(r.Metafile, modules); err != nil {
		return nil, err
	}
	return r.OutputFiles[0].Contents, nil
}

// stylesheet is the part of the NHS stylesheet that pages use, followed by the site's own.
func stylesheet(nhs string, words map[string]bool, own []byte) []byte {
	// Frutiger is licensed; the NHS's other typeface, Arial, is on every machine.
	kept := strings.NewReplacer(`"Frutiger W01",`, "", "Frutiger W01,", "").Replace(cut(nhs, words))
	return append([]byte(kept+"\n"), own...)
}

// minified is the site's own stylesheet, as short as possible. The NHS's already comes so.
func minified(templates fs.FS) ([]byte, error) {
	own, err := fs.ReadFile(templates, "assets/site.css")
	if err != nil {
		return nil, err
	}
	r := api.Transform(string(own), api.TransformOptions{
		Loader:           api.LoaderCSS,
		Sourcefile:       "templates/assets/site.css",
		MinifyWhitespace: true,
		// there are none, but with this option esbuild shares its own preparations with bundle
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone,
		Charset:           api.CharsetUTF8,
	})
	return r.Code, failed(r.Errors)
}

func failed(messages []api.Message) error {
	var all []error
	for _, m := range messages {
		at := ""
		if m.Location != nil {
			at = fmt.Sprintf("%s:%d: ", m.Location.File, m.Location.Line)
		}
		all = append(all, errors.New(at+m.Text))
	}
	return errors.Join(all...)
}

func templateWords(templates fs.FS, words map[string]bool) error {
	return fs.WalkDir(templates, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".html") {
			return err
		}
		text, err := fs.ReadFile(templates, name)
		addWords(words, string(text))
		return err
	})
}
