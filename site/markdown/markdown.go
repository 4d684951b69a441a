// Package markdown turns the editors' Markdown into HTML for the NHS front end, and finds what they
// did not mean to type.
//
// The Markdown is CommonMark with tables; raw HTML is refused. Facts are put in before the text is
// read, and escaped so that a fact never becomes markup. A line {{table.NAME}} is a place for a
// block, which the caller draws. Every fault has the line and the column where the editor typed it,
// even in a line with facts.
//
// This package checks what can be checked in the text alone: headings, links that nobody could
// follow, pictures without alternative text, characters that were meant as markup. Whether a link
// leads somewhere is checked by callers that know all pages.
package markdown

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"net/mail"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	table "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"traininghub/internal/page"
	"traininghub/internal/pattern"
	"traininghub/internal/source"
)

// A Text is the Markdown of one file as HTML, with the places of blocks.
type Text struct {
	parts    []string                   // HTML; there is a block between each two
	blocks   []string                   // their names
	headings map[string]source.Position // by id
	contents []page.Link                // to the headings of the second level
	links    []link
}

// A link leads from a place in the file to an address, which is as in the HTML. It has no place if
// the address already has a fault.
type link struct {
	to string
	at source.Position
}

// HTML is the whole text. draw is called for each block.
func (b *Text) HTML(draw func(name string) (template.HTML, error)) (template.HTML, error) {
	if len(b.parts) == 1 {
		return template.HTML(b.parts[0]), nil
	}
	var all []string
	for i, part := range b.parts {
		all = append(all, part)
		if i < len(b.blocks) {
			block, err := draw(b.blocks[i])
			if err != nil {
				return "", err
			}
			all = append(all, string(block))
		}
	}
	return template.HTML(strings.Join(all, "")), nil
}

// Leads are the positions of the links to an address.
func (b *Text) Leads(to string) []source.Position {
	if b == nil {
		return nil
	}
	to = source.Spelled(to)
	var all []source.Position
	for _, l := range b.links {
		if l.to == to || source.Spelled(l.to) == to {
			all = append(all, l.at)
		}
	}
	return all
}

// Places are the positions of Leads, or the whole file if there are none.
func (b *Text) Places(to string) []source.Position {
	if all := b.Leads(to); all != nil {
		return all
	}
	return []source.Position{{}}
}

// Heading is the position of the heading with an id; the zero Position if there is none.
func (b *Text) Heading(id string) source.Position {
	if b == nil {
		return source.Position{}
	}
	return b.headings[id]
}

// Shows reports whether the text has a place for the block.
func (b *Text) Shows(block string) bool { return slices.Contains(b.blocks, block) }

// markdown reads and writes the editors' Markdown: CommonMark and tables.
var markdown = goldmark.New(
	goldmark.WithParserOptions(
		parser.WithBlockParsers(util.Prioritized(blockParser{}, 50), util.Prioritized(boxParser{}, 60)),
		parser.WithParagraphTransformers(util.Prioritized(extension.NewTableParagraphTransformer(), 200)),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
	),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(htmlWriter{}, 100))),
)

// Options are what Read needs besides the text.
type Options struct {
	Fact    func(name string) (value string, known bool)
	Suggest func(name string) (do string) // what to do about a name that Fact does not know
	Blocks  []string                      // the names that {{table.NAME}} can have
	Hub     string                        // the site's own address, which needs no link

	// The site's own pictures, by path, such as "images/room.png".
	Pictures  map[string]Picture
	Documents map[string][]byte
}

// A Picture says how a text shows a picture.
type Picture struct {
	Address       string // an address at which browsers may keep it for ever
	Width, Height int    // a browser leaves room for this size before the picture arrives; 0 if not known
}

// Read turns a file's Markdown into HTML. It returns a Text even if there are faults.
func Read(f source.File, o Options) (Text, source.Faults) {
	o.Fact = escaped(o.Fact)
	expanded, faults := o.expand(f)
	src := []byte(expanded)
	r := reading{Options: o, file: f, lines: bytes.Split(f.Body, []byte("\n")), src: src, faults: faults, level: 1}
	r.body.headings = map[string]source.Position{}
	doc := markdown.Parser().Parse(text.NewReader(src))
	// The walker below never fails, and neither does writing to memory.
	ast.Walk(doc, r.node)
	out := buffers.Get().(*buffer)
	defer buffers.Put(out)
	out.Reset()
	if err := markdown.Renderer().Render(out, src, doc); err != nil {
		r.faults.Add(f.Path, f.BodyLine, "the text cannot be shown: "+err.Error(), "")
	}
	shown := out.String() // no longer than necessary: it is kept until its page is made
	if strings.TrimSpace(shown) == "" && len(r.faults) == 0 && f.BodyLine > 0 {
		r.faults.Add(f.Path, max(f.BodyLine-1, 1), "there is no text", "write it below this line")
	}
	for i, part := range strings.Split(shown, mark) {
		if i%2 == 0 {
			r.body.parts = append(r.body.parts, part)
		} else {
			r.body.blocks = append(r.body.blocks, part)
		}
	}
	return r.body, r.faults
}

// A buffer is memory to which goldmark writes directly, without another buffer.
type buffer struct{ bytes.Buffer }

func (*buffer) Buffered() int { return 0 }
func (*buffer) Flush() error  { return nil }

var buffers = sync.Pool{New: func() any { return new(buffer) }}

// A reading visits each node of one file's Markdown once: it finds mistakes, gives headings their
// ids, and collects links.
type reading struct {
	Options
	file   source.File
	lines  [][]byte // of the file, as typed
	src    []byte   // with facts put in
	level  int      // of the last heading; the page's title is 1
	body   Text
	faults source.Faults

	nearlyBox bool // a line above should have started a box, and the next ":::" is its end
}

// place is the position in the file at which a node begins.
func (r *reading) place(n ast.Node) source.Position {
	pos := n.Pos()
	for p := n; pos < 0 && p != nil; p = p.Parent() {
		if pos = p.Pos(); pos < 0 && p.Type() == ast.TypeBlock && p.Lines().Len() > 0 {
			pos = p.Lines().At(0).Start
		}
	}
	return r.at(max(pos, 0))
}

// at is the position in the file at which the text at an offset of src was typed.
func (r *reading) at(pos int) source.Position {
	p := source.PositionIn(r.src, pos)
	line := r.lines[p.Line-1]
	p.Column = 1 + utf8.RuneCount(line[:r.typed(line, pos-1-bytes.LastIndexByte(r.src[:pos], '\n'))])
	p.Line += r.file.BodyLine - 1
	return p
}

// typed turns an offset in a line with facts put in into the offset in the line as typed.
func (r *reading) typed(line []byte, offset int) int {
	at := 0
	for {
		i := bytes.Index(line[at:], []byte("{{"))
		n := bytes.Index(line[at+max(i, 0):], []byte("}}")) + 2
		if i < 0 || n < 2 || offset <= i {
			return min(at+offset, len(line))
		}
		at += i
		fact, _ := source.Expand(string(line[at:at+n]), r.Fact)
		if offset -= i + len(fact); offset < 0 {
			return at
		}
		at += n
	}
}

func (r *reading) add(n ast.Node, do, what string, args ...any) {
	r.faults.At(r.file.Path, r.place(n), fmt.Sprintf(what, args...), do)
}

func (r *reading) node(n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	switch n := n.(type) {
	case *ast.Heading:
		r.heading(n)
	case *box:
		r.box(n)
	case *block:
		if !slices.Contains(r.Blocks, n.name) {
			do := source.Suggest(n.name, r.Blocks)
			if n.name == "terms" && slices.Contains(r.Blocks, "dates") {
				do = "take the line away, or write terms in the form of this course"
			}
			if n.name == "compare" {
				do = `say at the top of the file which courses to compare: "compare: [first-course, second-course]"`
			}
			r.add(n, do, "there is no table %q on this page", n.name)
		}
	case *ast.HTMLBlock:
		markup := lines(n.Lines(), r.src)
		if n.HasClosure() {
			markup += string(n.ClosureLine.Value(r.src))
		}
		if !comment(markup) {
			r.add(n, "write it in Markdown; notes to editors go between <!-- and -->, on lines of their own",
				"there is HTML in the text")
		}
	case *ast.RawHTML:
		if !comment(lines(n.Segments, r.src)) {
			r.add(n, `write it in Markdown; write "&lt;" for the sign "<"`, "there is HTML in the text")
		}
	case *ast.CodeBlock:
		r.add(n, "take the spaces at the beginning of the line away",
			"a line that begins with four spaces is shown as a piece of a program")
	case *ast.FencedCodeBlock, *ast.CodeSpan:
		r.add(n, "take the marks ` or ~ away", "text between ` or ~ marks is shown as a piece of a program")
	case *table.TableCell:
		if n.Parent().Kind() == table.KindTableHeader && strings.TrimSpace(plain(n, r.src)) == "" {
			r.add(n, EmptyHeaderDo, "%s", EmptyHeaderWhat)
		}
		r.misfitWords(n)
	case *table.TableRow:
		r.row(n)
	case *ast.ListItem:
		if n.ChildCount() == 0 {
			r.add(n, "write it, or take the line away", "an entry of a list is empty")
		}
	case *ast.Paragraph, *ast.TextBlock:
		if !r.misfitLines(n) {
			r.misfitWords(n)
		}
		r.boldAlone(n)
	case *ast.Image:
		r.image(n)
	case *ast.Link:
		if strings.TrimSpace(plain(n, r.src)) == "" {
			r.add(n, "say between [ and ] where it leads", "a link has no words")
		}
		n.Destination = []byte(source.Composed(string(n.Destination)))
		r.link(n, n.Destination)
		r.document(n)
	}
	return ast.WalkContinue, nil
}

func (r *reading) heading(n *ast.Heading) {
	words := strings.TrimSpace(plain(n, r.src))
	switch line := r.underline(n); {
	case line != "":
		do := `write a heading like "## A heading", or put an empty line above that line`
		if line[0] == '=' {
			do = `write a heading like "## A heading", or take that line away`
		}
		r.add(n, do, "the line %q below this text makes a heading of it", line)
	case words == "":
		r.add(n, "write its words or remove it", "a heading is empty")
	case n.Level == 1:
		r.add(n, `begin headings in the text with "##"`, "the heading %q is as large as the page's title", words)
	case n.Level > r.level+1:
		r.add(n, "begin it with "+strings.Repeat("#", r.level+1), "the heading %q is %d levels below the one above it",
			words, n.Level-r.level)
	}
	r.level = max(n.Level, 2) // "#" is meant as "##", so the headings below it are right
	id := Slug(words)
	for i := 2; r.body.headings[id].Line > 0; i++ {
		id = Slug(words) + "-" + strconv.Itoa(i)
	}
	r.body.headings[id] = r.place(n)
	if n.Level == 2 {
		r.body.contents = append(r.body.contents, page.Link{Text: words, Href: "#" + id})
	}
	r.misfitWords(n)
	n.SetAttributeString("id", []byte(id))
}

func (r *reading) image(n *ast.Image) {
	words := strings.TrimSpace(plain(n, r.src))
	if words == "" {
		r.add(n, "say between ![ and ] what it shows, for people who cannot see it",
			"a picture has no alternative text")
	}
	file := path.Base(string(n.Destination))
	if named := strings.TrimSuffix(file, path.Ext(file)); words != "" &&
		(strings.EqualFold(words, named) || fileLike().MatchString(words)) {
		r.add(n, "say what it shows, for people who cannot see it",
			"the alternative text %q says only that there is a picture", words)
	}
	n.Destination = []byte(source.Composed(string(n.Destination)))
	to := address(n.Destination)
	at := r.place(n)
	if !strings.HasPrefix(to, "/images/") {
		at = source.Position{} // this position is reported here
		r.add(n, `put it into the folder content/images and write its address as "/images/NAME"`,
			"the picture %q is not one of the site's own", Shown(to))
	}
	r.body.links = append(r.body.links, link{to, at})
	n.SetAttributeString("class", []byte(imageClass))
	p, ok := r.Pictures[strings.TrimPrefix(Shown(to), "/")]
	if !ok {
		return
	}
	n.Destination = []byte(p.Address)
	if p.Width > 0 {
		n.SetAttributeString("width", strconv.AppendInt(nil, int64(p.Width), 10))
		n.SetAttributeString("height", strconv.AppendInt(nil, int64(p.Height), 10))
	}
}

// document adds the kind and size of a document after the words of a link to it. People on a
// telephone want to know both before they follow the link.
func (r *reading) document(n *ast.Link) {
	name := strings.TrimPrefix(Shown(string(n.Destination)), "/")
	data, ok := r.Documents[name]
	if kind := documentKinds[path.Ext(name)]; ok && kind != "" && strings.HasPrefix(name, "documents/") {
		n.AppendChild(n, ast.NewString([]byte(" ("+kind+", "+size(len(data))+")")))
	}
}

var documentKinds = map[string]string{".pdf": "PDF", ".docx": "Word document", ".xlsx": "Excel spreadsheet", ".pptx": "PowerPoint slides"}

// size is a number of bytes in the NHS's style: "120KB", "2.3MB".
func size(bytes int) string {
	if bytes < 1_000_000 {
		return strconv.Itoa((bytes+999)/1000) + "KB"
	}
	return strconv.FormatFloat(float64(bytes)/1e6, 'f', 1, 64) + "MB"
}

// fileLike matches alternative texts that say nothing: the name of a file, or only a kind of
// picture.
var fileLike = pattern.Of(`(?i)^\S+\.(avif|gif|jpe?g|png|svg|webp)$|^(img|dsc|screenshot|bild)[-_ ]?\d|` +
	`^(an? |the )?(image|photo|photograph|picture|graphic|screenshot|logo|icon|alt( text)?)\d*\.?$`)

// link checks an address as far as possible without knowing other files.
func (r *reading) link(n ast.Node, destination []byte) {
	to := address(destination)
	what, do := Incomplete(to)
	if bytes.Contains(destination, []byte("{{")) {
		r.body.links = append(r.body.links, link{to: to}) // a fact that is not known is a fault
		return
	}
	if what != "" {
		r.add(n, do, "%s", what)
		r.body.links = append(r.body.links, link{to: to})
		return
	}
	r.body.links = append(r.body.links, link{to, r.place(n)})
}

// drive matches the start of a file's path on Windows.
var drive = pattern.Of(`^[A-Za-z]:|^\\\\`)

// Incomplete says what is wrong with an address that no reader could follow, and what to do; "" if
// nothing is.
func Incomplete(to string) (what, do string) {
	if within(to) {
		return "", ""
	}
	u, err := url.Parse(to)
	is := fmt.Sprintf("the address %q ", Shown(to))
	switch {
	case drive().MatchString(to), err == nil && u.Scheme == "file":
		return `the address "` + Shown(to) + `" is that of a file on your own computer`,
			`put the file into content/documents, and write "/documents/" and its name`
	case err == nil && slices.Contains([]string{"localhost", "127.0.0.1"}, u.Hostname()):
		return is + "leads to your own computer", fmt.Sprintf("write only what stands behind the host: %q", u.Path)
	case err != nil:
		return is + "cannot be read", "check it for spaces and unusual signs"
	case to == "":
		return "a link leads nowhere", "say between ( and ) where it leads"
	case u.Scheme == "mailto" && !mailable(u.Opaque):
		return is + "has no email address", `write it like "mailto:name@example.org"`
	case (u.Scheme == "https" || u.Scheme == "http") && u.Host == "":
		return is + "has no host", `write it like "https://www.example.org"`
	case (u.Scheme == "https" || u.Scheme == "http") && !hostly(u.Hostname()):
		return is + "is of no website", `write it like "https://www.example.org"`
	case u.Scheme == "tel" && !dialled(u.Opaque):
		return is + "has no telephone number", `write it in figures, like "tel:01632960001"`
	case slices.Contains(schemes, u.Scheme):
		return "", ""
	case source.Nearest(u.Scheme, schemes) != "":
		return is + "is of an unknown kind", fmt.Sprintf("did you mean %q?", source.Nearest(u.Scheme, schemes)+":")
	case u.Scheme != "":
		return is + "is of an unknown kind", "begin it with https:, mailto: or tel:, or with / for a page of this site"
	case u.Host != "":
		return is + "is not complete", "write https: before it"
	case strings.HasPrefix(to, "www."):
		return is + "is not complete", fmt.Sprintf("write %q", "https://"+to)
	case !strings.HasPrefix(to, "/") && mailable(to):
		return is + "is not complete", fmt.Sprintf("write %q", "mailto:"+to)
	case strings.HasSuffix(to, ".md"):
		return is + "is that of a file",
			"write the page's own, as the browser shows it: \"/" + strings.TrimSuffix(path.Base(to), ".md") +
				"/\", for example"
	case !strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "#"):
		return is + "is not complete", "begin it with https:// for another site, or with / for a page of this one"
	}
	return "", ""
}

// The fault of a table with an empty header, and what to do.
const (
	EmptyHeaderWhat = "a table has a header without words"
	EmptyHeaderDo   = "say above each column, or before each row, what it holds"
)

var schemes = []string{"http", "https", "mailto", "tel"}

// hostly reports whether a website can have this host name. In "https://https://www.example.org", a
// common slip, the host is "https", which it cannot.
func hostly(name string) bool {
	return strings.Contains(name, ".") && !strings.ContainsAny(name, ",;_!") || name == "localhost"
}

// dialled reports whether a telephone can dial the text after "tel:".
func dialled(number string) bool {
	number, _, _ = strings.Cut(Shown(number), ";") // an extension
	return strings.ContainsAny(number, "0123456789") && strings.Trim(number, "+0123456789 -.()") == ""
}

// mailable reports whether mail can be sent to the text after "mailto:".
func mailable(to string) bool {
	to, _, _ = strings.Cut(to, "?")
	all, err := mail.ParseAddressList(to)
	return err == nil && !slices.ContainsFunc(all, func(a *mail.Address) bool { return !source.Mailable(a.Address) })
}

// Shown is an address in the spelling of editors.
func Shown(to string) string { return source.Spelled(to) }

// within reports whether an address is plainly one of this site. Nearly all are. Parsing each as a
// URL would take a tenth of all memory that a build allocates.
func within(to string) bool {
	if !strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "#") || strings.HasPrefix(to, "//") {
		return false
	}
	for i := range len(to) {
		if c := to[i]; !inWord(c) && c != '/' && c != '#' && c != '.' {
			return false
		}
	}
	return true
}

// address is a destination in the spelling of the HTML.
func address(destination []byte) string { return string(util.URLEscape(destination, true)) }

// comment reports whether HTML is a single comment and nothing else.
func comment(markup string) bool {
	inner, opens := strings.CutPrefix(strings.TrimSpace(markup), "<!--")
	inner, closes := strings.CutSuffix(inner, "-->")
	return opens && closes && !strings.Contains(inner, "-->")
}

func lines(segments *text.Segments, src []byte) string {
	var b strings.Builder
	for i := range segments.Len() {
		s := segments.At(i)
		b.Write(s.Value(src))
	}
	return b.String()
}

// plain is the text below a node as readers see it.
func plain(n ast.Node, src []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.WriteString(html.UnescapeString(string(util.UnescapePunctuations(t.Segment.Value(src)))))
			if t.SoftLineBreak() || t.HardLineBreak() {
				b.WriteByte(' ')
			}
			continue
		}
		b.WriteString(plain(c, src))
	}
	return b.String()
}

var apostrophes = strings.NewReplacer("'", "", "’", "")

// Slug makes an id from the words of a heading: "Cost and what you are paid" becomes
// "cost-and-what-you-are-paid". It keeps letters of other languages, in the spelling for comparing
// addresses.
func Slug(words string) string {
	words = source.Composed(strings.ToLower(apostrophes.Replace(words)))
	parts := strings.FieldsFunc(words, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	if len(parts) == 0 {
		return "section"
	}
	return strings.Join(parts, "-")
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func digit(c byte) bool    { return '0' <= c && c <= '9' }
func inWord(c byte) bool   { return isLetter(c) || digit(c) || c == '-' || c == '_' }
