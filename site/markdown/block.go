package markdown

import (
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// A block is a place {{table.NAME}} in Markdown. It is alone on its line. It may be in the middle
// of a paragraph, which then ends before it.
type block struct {
	ast.BaseBlock
	name string
}

var blockKind = ast.NewNodeKind("Block")

func (*block) Kind() ast.NodeKind { return blockKind }

func (b *block) Dump(src []byte, level int) {
	ast.DumpHelper(b, src, level, map[string]string{"name": b.name}, nil)
}

type blockParser struct{}

func (blockParser) Trigger() []byte { return []byte{'{'} }

func (blockParser) Open(_ ast.Node, reader text.Reader, _ parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	m := place().FindSubmatch(util.TrimRightSpace(line))
	if m == nil {
		return nil, parser.NoChildren
	}
	reader.Advance(segment.Len() - 1)
	return &block{name: string(m[1])}, parser.NoChildren
}

func (blockParser) Continue(ast.Node, text.Reader, parser.Context) parser.State { return parser.Close }

func (blockParser) Close(ast.Node, text.Reader, parser.Context) {}

func (blockParser) CanInterruptParagraph() bool { return true }

func (blockParser) CanAcceptIndentedLine() bool { return false }

// mark is on both sides of a block's name in HTML. Markdown never produces it.
const mark = "\x00"

func writeBlock(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		w.WriteString(mark + n.(*block).name + mark)
	}
	return ast.WalkSkipChildren, nil
}
