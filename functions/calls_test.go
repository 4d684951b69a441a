package functions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"traininghub/internal/dynamo"
)

// A program is one function's binary, as far as it can reach our own source: from main, from what
// runs at the start, and from methods that other modules call through their interfaces. A call
// through one of our interfaces counts as a call of every method that it may mean. So there may be
// too much in here, but never too little.
type program struct {
	actions map[string]bool // IAM actions of its AWS calls
	indexes map[string]bool // the table's indexes that it queries
	env     map[string]bool // variables that it reads, except those that Lambda sets
	texts   map[string]bool // constant strings
}

const (
	ours   = "traininghub/"
	awsSDK = "github.com/aws/aws-sdk-go-v2/service/"
)

// services has IAM's names of services where they differ from the SDK's.
var services = map[string]string{"sesv2": "ses"}

// s3Actions has IAM's names of S3 calls where they differ from the SDK's.
var s3Actions = map[string]string{"ListObjectsV2": "ListBucket", "HeadObject": "GetObject", "DeleteObjects": "DeleteObject"}

// indexes has the indexes that the methods of package dynamo query. The index of due records has
// the name from the template.
var indexes = map[string][]string{"Due": {"due"}, "List": {dynamo.ShelfIndex, dynamo.PartIndex}, "Search": {dynamo.ShelfIndex}, "Find": {dynamo.GMCIndex, dynamo.EmailIndex}}

// s3Methods has the actions of the methods of package scans, which does not name types of the SDK.
var s3Methods = map[string]string{"Get": "s3:GetObject", "Put": "s3:PutObject", "Delete": "s3:DeleteObject", "All": "s3:ListBucket"}

type listed struct {
	ImportPath, Dir, Export, Name string
	GoFiles, Imports              []string
}

// programs reads all functions and returns them by name.
func programs(t *testing.T) map[string]program {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-export", "-tags", "lambda.norpc", "-json=ImportPath,Dir,Export,Name,GoFiles,Imports", "./...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	all, order := map[string]listed{}, []string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath], order = p, append(order, p.ImportPath)
	}
	c := checker{t: t, fset: token.NewFileSet(), checked: map[string]*types.Package{}, info: &types.Info{
		Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{},
	}, files: map[string][]*ast.File{}}
	c.others = importer.ForCompiler(c.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(all[path].Export) })
	for _, path := range order { // imported packages come first
		if strings.HasPrefix(path, ours) {
			c.check(all[path])
		}
	}
	found := map[string]program{}
	for path, p := range all {
		if p.Name == "main" && strings.HasPrefix(path, ours+"functions/") {
			found[filepath.Base(path)] = c.reach(linked(all, path))
		}
	}
	return found
}

// linked returns all packages that a program links.
func linked(all map[string]listed, main string) map[string]bool {
	seen, todo := map[string]bool{main: true}, []string{main}
	for len(todo) > 0 {
		p := all[todo[0]]
		todo = todo[1:]
		for _, i := range p.Imports {
			if !seen[i] {
				seen[i], todo = true, append(todo, i)
			}
		}
	}
	return seen
}

type checker struct {
	t       *testing.T
	fset    *token.FileSet
	others  types.Importer
	checked map[string]*types.Package
	files   map[string][]*ast.File
	info    *types.Info
}

func (c *checker) Import(path string) (*types.Package, error) {
	if p := c.checked[path]; p != nil {
		return p, nil
	}
	return c.others.Import(path)
}

func (c *checker) check(p listed) {
	c.t.Helper()
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(c.fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			c.t.Fatal(err)
		}
		c.files[p.ImportPath] = append(c.files[p.ImportPath], f)
	}
	conf := types.Config{Importer: c}
	pkg, err := conf.Check(p.ImportPath, c.fset, c.files[p.ImportPath], c.info)
	if err != nil {
		c.t.Fatal(err)
	}
	c.checked[p.ImportPath] = pkg
}

// reach follows a program from where it starts.
func (c *checker) reach(linked map[string]bool) program {
	bodies := map[*types.Func]ast.Node{}
	var todo []ast.Node
	var named []*types.Named  // our own types
	var foreign []*types.Func // methods of other modules' interfaces
	addInterfaces := func(scope *types.Scope) {
		for _, name := range scope.Names() {
			if tn, ok := scope.Lookup(name).(*types.TypeName); ok {
				if i, ok := tn.Type().Underlying().(*types.Interface); ok {
					for m := range i.Methods() {
						foreign = append(foreign, m)
					}
				}
			}
		}
	}
	addInterfaces(types.Universe)
	others := map[string]bool{}
	for path := range linked {
		pkg := c.checked[path]
		if pkg == nil {
			continue
		}
		for _, i := range pkg.Imports() {
			if !strings.HasPrefix(i.Path(), ours) && !others[i.Path()] {
				others[i.Path()] = true
				addInterfaces(i.Scope())
			}
		}
		for _, name := range pkg.Scope().Names() {
			if tn, ok := pkg.Scope().Lookup(name).(*types.TypeName); ok {
				if n, ok := tn.Type().(*types.Named); ok && !types.IsInterface(n) {
					named = append(named, n)
				}
			}
		}
		for _, f := range c.files[path] {
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok {
					todo = append(todo, d) // variables are initialised before main
					continue
				}
				if fn.Name.Name == "init" || fn.Name.Name == "main" && f.Name.Name == "main" {
					todo = append(todo, fn)
				}
				if obj, ok := c.info.Defs[fn.Name].(*types.Func); ok {
					bodies[obj] = fn
				}
			}
		}
	}
	p := program{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	seen := map[*types.Func]bool{}
	var use func(f *types.Func)
	use = func(f *types.Func) {
		f = f.Origin()
		if seen[f] {
			return
		}
		seen[f] = true
		if f.Pkg() != nil && f.Pkg().Path() == ours+"internal/dynamo" {
			for _, index := range indexes[f.Name()] {
				p.indexes[index] = true
			}
		}
		if f.Pkg() != nil && f.Pkg().Path() == ours+"functions/internal/scans" && s3Methods[f.Name()] != "" {
			p.actions[s3Methods[f.Name()]] = true
		}
		if body := bodies[f]; body != nil {
			todo = append(todo, body)
			return
		}
		recv := f.Signature().Recv()
		if recv == nil || !types.IsInterface(recv.Type()) {
			return
		}
		i := recv.Type().Underlying().(*types.Interface)
		for _, n := range named {
			if ptr := types.NewPointer(n); types.Implements(ptr, i) {
				if m, _, _ := types.LookupFieldOrMethod(ptr, true, f.Pkg(), f.Name()); m != nil {
					use(m.(*types.Func))
				}
			}
		}
	}
	for _, m := range foreign {
		use(m)
	}
	for len(todo) > 0 {
		node := todo[0]
		todo = todo[1:]
		ast.Inspect(node, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				switch obj := c.info.Uses[n].(type) {
				case *types.Func:
					use(obj)
				case *types.TypeName:
					p.call(obj)
				}
			case *ast.CallExpr:
				p.read(c, n)
			case ast.Expr:
				if v := c.info.Types[n].Value; v != nil && v.Kind() == constant.String {
					p.texts[constant.StringVal(v)] = true
				}
			}
			return true
		})
	}
	return p
}

// call notes an AWS call, which it knows by its input type: no call can be made without it.
func (p program) call(t *types.TypeName) {
	if t.Pkg() == nil {
		return
	}
	service, ok := strings.CutPrefix(t.Pkg().Path(), awsSDK)
	name, isInput := strings.CutSuffix(t.Name(), "Input")
	if !ok || !isInput {
		return
	}
	if s3 := s3Actions[name]; service == "s3" && s3 != "" {
		name = s3
	}
	if iam := services[service]; iam != "" {
		service = iam
	}
	if name == "TransactWriteItems" { // IAM checks the actions of its items, which are puts and deletes
		p.actions["dynamodb:PutItem"], p.actions["dynamodb:DeleteItem"] = true, true
		return
	}
	p.actions[service+":"+name] = true
}

// read notes a variable that is read by os.Getenv or by a function called env or getenv.
func (p program) read(c *checker, call *ast.CallExpr) {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
	}
	if !slices.Contains([]string{"env", "getenv", "Getenv", "LookupEnv"}, name) || len(call.Args) != 1 {
		return
	}
	if v := c.info.Types[call.Args[0]].Value; v != nil {
		variable := constant.StringVal(v)
		if !strings.HasPrefix(variable, "AWS_") && !strings.HasPrefix(variable, "LAMBDA_") && !strings.HasPrefix(variable, "_") {
			p.env[variable] = true
		}
	} else if _, handedOn := call.Args[0].(*ast.Ident); !handedOn && !strings.HasPrefix(fmt.Sprint(c.left(call.Args[0])), "AWS_") {
		c.t.Errorf("%s: it is not clear which variable is read", c.fset.Position(call.Pos()))
	}
}

// left returns the constant with which a sum of texts begins.
func (c *checker) left(e ast.Expr) string {
	if sum, ok := e.(*ast.BinaryExpr); ok {
		if v := c.info.Types[sum.X].Value; v != nil && v.Kind() == constant.String {
			return constant.StringVal(v)
		}
	}
	return ""
}
