package page

import (
	"bytes"
	"fmt"
	"html/template"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"text/template/parse"
)

// html/template adds an escaper to each value of a template. When it draws, it finds each field by
// its name and calls each escaper by reflection, again for every page. That took a quarter of the
// time of a large build. A plan is the same template with its fields found once. It decides nothing
// about safety:
//
//   - it writes a value only where html/template chose escapers that the plan knows;
//   - it writes a text unchanged only if html/template, when asked, leaves each of its bytes
//     unchanged there; html/template escapes all other texts;
//   - if it meets a mistake or something else that it does not know, it drops what it has written,
//     and html/template draws the whole template or reports the mistake.

// A plan is a template that is ready to be drawn.
type plan struct {
	steps []step
	slots int         // for its variables; the first is "$"
	fails atomic.Bool // it met something that it does not know
}

// A drawing is one use of a plan and the plans that it calls.
type drawing struct {
	*bytes.Buffer
	vars []reflect.Value // of all plans that are being drawn
	base int             // where the variables of the innermost plan begin
}

type (
	step  func(d *drawing, dot reflect.Value)
	value func(d *drawing, dot reflect.Value) reflect.Value
)

// unknown is the panic with which a plan leaves its template to html/template.
type unknown struct{ what string }

// plans are the plans of one set of templates.
type plans struct {
	mu  sync.Mutex
	all map[string]*plan
}

// draw draws the template with that name.
func (p *plans) draw(b *bytes.Buffer, t *template.Template, name string, data any) error {
	if p == nil {
		return t.ExecuteTemplate(b, name, data)
	}
	p.mu.Lock()
	own := p.all[name]
	if own == nil {
		if err := escape(t, name); err != nil {
			p.mu.Unlock()
			return err
		}
		own = p.make(t, name)
	}
	p.mu.Unlock()
	if start := b.Len(); !own.draw(b, data) {
		b.Truncate(start)
		return t.ExecuteTemplate(b, name, data)
	}
	return nil
}

// draw reports whether it succeeded.
func (p *plan) draw(b *bytes.Buffer, data any) (ok bool) {
	if p.fails.Load() {
		return false
	}
	defer func() {
		if wrong := recover(); wrong != nil {
			p.fails.Store(true)
			ok = false
		}
	}()
	d := drawing{Buffer: b, vars: make([]reflect.Value, 0, 16)}
	d.call(p, reflect.ValueOf(data))
	return true
}

func (d *drawing) call(p *plan, dot reflect.Value) {
	outer := d.base
	d.base = len(d.vars)
	for range p.slots {
		d.vars = append(d.vars, dot) // the first variable must be dot
	}
	d.all(p.steps, dot)
	d.vars, d.base = d.vars[:d.base], outer
}

func (d *drawing) all(steps []step, dot reflect.Value) {
	for _, s := range steps {
		s(d, dot)
	}
}

// A planner makes the plan of a template.
type planner struct {
	plans *plans
	t     *template.Template
	own   *plan
	scope []string // the variables; each one's index is its slot
}

// make makes the plan of a template that html/template has escaped, and the plans of the templates
// that it calls.
func (p *plans) make(t *template.Template, name string) *plan {
	own := &plan{slots: 1}
	p.all[name] = own // before its steps are made, since a template can call itself
	found := t.Lookup(name)
	if found == nil || found.Tree == nil {
		own.steps = []step{leave("no template " + name)}
		return own
	}
	m := planner{p, t, own, []string{"$"}}
	own.steps = m.list(found.Tree.Root)
	return own
}

// leave is a step that leaves the template to html/template.
func leave(what string) step { return func(*drawing, reflect.Value) { panic(unknown{what}) } }

// list makes the steps of a part of a template. The part's variables are unknown after it.
func (m *planner) list(l *parse.ListNode) (steps []step) {
	if l == nil {
		return nil
	}
	known := len(m.scope)
	for _, n := range l.Nodes {
		steps = append(steps, m.step(n))
	}
	m.scope = m.scope[:known]
	return steps
}

func (m *planner) step(n parse.Node) step {
	switch n := n.(type) {
	case *parse.TextNode:
		text := n.Text
		return func(d *drawing, _ reflect.Value) { d.Write(text) }
	case *parse.CommentNode:
		return func(*drawing, reflect.Value) {}
	case *parse.ActionNode:
		return m.action(n.Pipe)
	case *parse.IfNode:
		return m.branch(&n.BranchNode, false)
	case *parse.WithNode:
		return m.branch(&n.BranchNode, true)
	case *parse.RangeNode:
		return m.loop(n)
	case *parse.TemplateNode:
		return m.call(n)
	}
	return leave(n.String())
}

// action sets variables, or writes a value.
func (m *planner) action(pipe *parse.PipeNode) step {
	if len(pipe.Decl) > 0 {
		set := m.pipe(pipe)
		return func(d *drawing, dot reflect.Value) { set(d, dot) }
	}
	place := places()[escapers(pipe)]
	if place == nil {
		return leave(pipe.String())
	}
	v := m.command(pipe.Cmds[0])
	return func(d *drawing, dot reflect.Value) { place.write(d.Buffer, v(d, dot)) }
}

// pipe is the value of a pipeline, which may declare a variable.
func (m *planner) pipe(pipe *parse.PipeNode) value {
	if len(pipe.Cmds) != 1 || pipe.IsAssign || len(pipe.Decl) > 1 {
		return func(*drawing, reflect.Value) reflect.Value { panic(unknown{pipe.String()}) }
	}
	v := m.command(pipe.Cmds[0])
	if len(pipe.Decl) == 0 {
		return v
	}
	slot := m.declare(pipe.Decl[0])
	return func(d *drawing, dot reflect.Value) reflect.Value {
		is := v(d, dot)
		d.vars[d.base+slot] = is
		return is
	}
}

func (m *planner) declare(v *parse.VariableNode) (slot int) {
	m.scope = append(m.scope, v.Ident[0])
	m.own.slots = max(m.own.slots, len(m.scope))
	return len(m.scope) - 1
}

func (m *planner) branch(n *parse.BranchNode, with bool) step {
	known := len(m.scope)
	v, then, other := m.pipe(n.Pipe), m.list(n.List), m.list(n.ElseList)
	m.scope = m.scope[:known]
	return func(d *drawing, dot reflect.Value) {
		switch is := v(d, dot); {
		case !truth(is):
			d.all(other, dot)
		case with:
			d.all(then, is)
		default:
			d.all(then, dot)
		}
	}
}

func (m *planner) loop(n *parse.RangeNode) step {
	known := len(m.scope)
	pipe := *n.Pipe
	pipe.Decl = nil
	v := m.pipe(&pipe)
	var slots []int
	for _, name := range n.Pipe.Decl {
		slots = append(slots, m.declare(name))
	}
	each := m.list(n.List)
	m.scope = m.scope[:known]
	none := m.list(n.ElseList)
	return func(d *drawing, dot reflect.Value) {
		all := behind(v(d, dot))
		if all.Kind() != reflect.Slice {
			panic(unknown{n.Pipe.String()})
		}
		if all.Len() == 0 {
			d.all(none, dot)
		}
		for i := range all.Len() {
			one := all.Index(i)
			switch len(slots) {
			case 1:
				d.vars[d.base+slots[0]] = one
			case 2:
				d.vars[d.base+slots[0]], d.vars[d.base+slots[1]] = reflect.ValueOf(i), one
			}
			d.all(each, one)
		}
	}
}

func (m *planner) call(n *parse.TemplateNode) step {
	called := m.plans.all[n.Name]
	if called == nil {
		called = m.plans.make(m.t, n.Name)
	}
	if n.Pipe == nil {
		return func(d *drawing, _ reflect.Value) { d.call(called, reflect.Value{}) }
	}
	v := m.pipe(n.Pipe)
	return func(d *drawing, dot reflect.Value) { d.call(called, v(d, dot)) }
}

func (m *planner) command(c *parse.CommandNode) value {
	if name, is := c.Args[0].(*parse.IdentifierNode); is {
		return m.function(name.Ident, c.Args[1:])
	}
	if len(c.Args) > 1 { // a method with arguments
		return func(*drawing, reflect.Value) reflect.Value { panic(unknown{c.String()}) }
	}
	return m.operand(c.Args[0])
}

func (m *planner) operand(n parse.Node) value {
	constant := func(is any) value {
		v := reflect.ValueOf(is)
		return func(*drawing, reflect.Value) reflect.Value { return v }
	}
	switch n := n.(type) {
	case *parse.DotNode:
		return func(_ *drawing, dot reflect.Value) reflect.Value { return dot }
	case *parse.FieldNode:
		return fields(func(_ *drawing, dot reflect.Value) reflect.Value { return dot }, n.Ident)
	case *parse.VariableNode:
		for slot := len(m.scope) - 1; slot >= 0; slot-- {
			if m.scope[slot] == n.Ident[0] {
				return fields(func(d *drawing, _ reflect.Value) reflect.Value { return d.vars[d.base+slot] }, n.Ident[1:])
			}
		}
	case *parse.ChainNode:
		return fields(m.operand(n.Node), n.Field)
	case *parse.PipeNode:
		return m.pipe(n)
	case *parse.IdentifierNode:
		return m.function(n.Ident, nil)
	case *parse.StringNode:
		return constant(n.Text)
	case *parse.BoolNode:
		return constant(n.True)
	case *parse.NumberNode:
		if n.IsInt {
			return constant(int(n.Int64))
		}
	}
	return func(*drawing, reflect.Value) reflect.Value { panic(unknown{n.String()}) }
}

// function calls a function: one of text/template's that templates use most, or one of the hub's.
func (m *planner) function(name string, args []parse.Node) value {
	of := make([]value, len(args))
	for i, a := range args {
		of[i] = m.operand(a)
	}
	switch {
	case (name == "or" || name == "and") && len(of) > 0:
		return func(d *drawing, dot reflect.Value) (v reflect.Value) {
			for _, arg := range of {
				if v = arg(d, dot); truth(v) == (name == "or") {
					break
				}
			}
			return v
		}
	case name == "not" && len(of) == 1:
		return func(d *drawing, dot reflect.Value) reflect.Value { return reflect.ValueOf(!truth(of[0](d, dot))) }
	case (name == "eq" || name == "ne") && len(of) == 2:
		return func(d *drawing, dot reflect.Value) reflect.Value {
			return reflect.ValueOf(equal(of[0](d, dot), of[1](d, dot)) == (name == "eq"))
		}
	case name == "gt" && len(of) == 2:
		return func(d *drawing, dot reflect.Value) reflect.Value {
			return reflect.ValueOf(behind(of[0](d, dot)).Int() > behind(of[1](d, dot)).Int())
		}
	case name == "len" && len(of) == 1:
		return func(d *drawing, dot reflect.Value) reflect.Value { return reflect.ValueOf(behind(of[0](d, dot)).Len()) }
	case name == "index" && len(of) == 2:
		return func(d *drawing, dot reflect.Value) reflect.Value {
			list := behind(of[0](d, dot))
			if list.Kind() != reflect.Slice {
				panic(unknown{"index of " + list.Kind().String()})
			}
			return list.Index(int(behind(of[1](d, dot)).Int()))
		}
	}
	f := reflect.ValueOf(functions[name])
	return func(d *drawing, dot reflect.Value) reflect.Value {
		if !f.IsValid() {
			panic(unknown{name})
		}
		in := make([]reflect.Value, len(of))
		for i, arg := range of {
			in[i] = arg(d, dot)
		}
		return single(f.Call(in))
	}
}

// single is the one result of a function or method.
func single(out []reflect.Value) reflect.Value {
	if len(out) != 1 {
		panic(unknown{"an error beside a value"})
	}
	return out[0]
}

// fields looks up several names, each in the value of the one before.
func fields(v value, names []string) value {
	for _, name := range names {
		of, last := v, new(atomic.Pointer[access])
		v = func(d *drawing, dot reflect.Value) reflect.Value {
			in := behind(of(d, dot))
			a := last.Load()
			if a == nil || a.of != in.Type() || a.addressed != in.CanAddr() {
				a = accessOf(in, name)
				last.Store(a)
			}
			if a.field != nil {
				return in.FieldByIndex(a.field)
			}
			if a.addressed {
				in = in.Addr()
			}
			return single(in.Method(a.method).Call(nil))
		}
	}
	return v
}

// An access is how to find a name in values of a type: as a field or a method.
type access struct {
	of        reflect.Type
	addressed bool // the value has an address, so it has the methods of its pointer, too
	field     []int
	method    int
}

func accessOf(v reflect.Value, name string) *access {
	a := &access{of: v.Type(), addressed: v.CanAddr()}
	methods := a.of
	if a.addressed {
		methods = reflect.PointerTo(a.of)
	}
	if m, ok := methods.MethodByName(name); ok {
		a.method = m.Index
		return a
	}
	if v.Kind() == reflect.Struct {
		if f, ok := a.of.FieldByName(name); ok && f.IsExported() {
			a.field = f.Index
			return a
		}
	}
	panic(unknown{fmt.Sprintf("%s of %v", name, a.of)})
}

// behind follows pointers and interfaces to their value.
func behind(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	return v // an invalid value if there is none; any use of it panics
}

// truth reports whether text/template takes a value for true: it is not empty.
func truth(v reflect.Value) bool {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Invalid: // a nil interface
		return false
	case reflect.Bool:
		return v.Bool()
	case reflect.String, reflect.Slice:
		return v.Len() > 0
	case reflect.Int:
		return v.Int() != 0
	case reflect.Pointer:
		return !v.IsNil()
	case reflect.Struct:
		return true
	}
	panic(unknown{"the truth of " + v.Kind().String()})
}

func equal(a, b reflect.Value) bool {
	switch a, b = behind(a), behind(b); {
	case a.Kind() == reflect.String && b.Kind() == reflect.String:
		return a.String() == b.String()
	case a.Kind() == reflect.Int && b.Kind() == reflect.Int:
		return a.Int() == b.Int()
	}
	panic(unknown{"whether " + a.Kind().String() + " equals " + b.Kind().String()})
}

// A place is a position in HTML at which values can stand, and what html/template does with them
// there.
type place struct {
	sample        *template.Template // a template with such a place
	before, after int                // bytes of the sample around it
	plain         [256]bool          // a text of these bytes alone is left unchanged
	html, js      bool               // so is a value marked as HTML, or as JavaScript
}

// places are the kinds of place that plans know, by the escapers that html/template chose there.
var places = sync.OnceValue(func() map[string]*place {
	all := map[string]*place{}
	for _, around := range [][2]string{{"", ""}, {`<p title="`, `">`}, {`<a href="`, `">`}, {`<a href="/`, `">`},
		{`<meta http-equiv="refresh" content="0; url=`, `">`}, {"<title>", "</title>"}, {`<script type="application/ld+json">`, "</script>"}} {
		p := &place{before: len(around[0]), after: len(around[1]),
			sample: template.Must(template.New("").Parse(around[0] + "{{.}}" + around[1]))}
		var b bytes.Buffer
		same := func(is any, text string) bool {
			b.Reset()
			p.escape(&b, is)
			return b.String() == text
		}
		for c := range 0x80 {
			text := "a" + string(rune(c)) + "a"
			p.plain[c] = same(text, text)
		}
		beyond := same(foreign, foreign)
		for c := 0x80; c < 0x100; c++ {
			p.plain[c] = beyond
		}
		p.html, p.js = same(template.HTML("<b>&amp;</b>"), "<b>&amp;</b>"), same(template.JS(`{"a":"<"}`), `{"a":"<"}`)
		for _, n := range p.sample.Tree.Root.Nodes {
			if n, is := n.(*parse.ActionNode); is {
				all[escapers(n.Pipe)] = p
			}
		}
	}
	return all
})

// foreign has letters of two, three and four bytes, code points that are not for text, and bytes
// that are not UTF-8.
const foreign = "aé\u0085\u2028漢\ufdd0\ufffd\uffff😀\xff\xc3a"

// escapers are the escapers at the end of a pipeline; "" if it has none.
func escapers(pipe *parse.PipeNode) string {
	var names []string
	for _, c := range pipe.Cmds[1:] {
		names = append(names, c.String())
	}
	return strings.Join(names, " ")
}

var (
	textType = reflect.TypeFor[string]()
	intType  = reflect.TypeFor[int]()
	htmlType = reflect.TypeFor[template.HTML]()
	jsType   = reflect.TypeFor[template.JS]()
)

func (p *place) write(b *bytes.Buffer, v reflect.Value) {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch v.Type() {
	case textType:
		if text := v.String(); p.leaves(text) {
			b.WriteString(text)
			return
		}
	case htmlType, jsType:
		if p.html && v.Type() == htmlType || p.js && v.Type() == jsType {
			b.WriteString(v.String())
			return
		}
	case intType:
		if p.plain['0'] && p.plain['-'] {
			b.Write(strconv.AppendInt(b.AvailableBuffer(), v.Int(), 10))
			return
		}
	}
	p.escape(b, v.Interface())
}

// leaves reports whether html/template would leave a text unchanged.
func (p *place) leaves(text string) bool {
	for i := range len(text) {
		if !p.plain[text[i]] {
			return false
		}
	}
	return text != "" // an empty text is written as something in JavaScript
}

// escape writes a value by means of html/template.
func (p *place) escape(b *bytes.Buffer, v any) {
	start := b.Len()
	if err := p.sample.Execute(b, v); err != nil {
		panic(unknown{err.Error()})
	}
	all := b.Bytes()[start:]
	b.Truncate(start + copy(all, all[p.before:len(all)-p.after]))
}
