package programme

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/letter"
	"traininghub/internal/packing"
	"traininghub/internal/page"
	"traininghub/internal/scheme"
	"traininghub/internal/service"
	"traininghub/internal/source"
)

// Packed is everything that the functions need of the editors' files, already read and checked. It
// lies beside each program on AWS, since reading the files took most of the time before the first
// answer. It has neither the texts of pages nor the positions of values in their files.
type Packed struct {
	Site      *page.Site
	Programme *Programme
	Assets    page.Assets
	Fixed     page.Fixed
}

// PackedFile is the name of the packed content beside a program.
const PackedFile = "hub.packed"

// EditionFile lies beside publish. Its contents change whenever that program or anything else
// beside it changes.
const EditionFile = "edition"

// Shape is the first line of packed content. It changes with the packed structs; a test says what
// to write here.
const Shape = "hub 2 48475533\n"

// ErrShape says that another version of the hub packed the content.
var ErrShape = errors.New("the content was packed by another version of the hub: pack it again with the one that these programs came with")

// PackFiles reads, checks and packs content, with the addresses of styles and scripts, and what the
// templates make of both for all pages.
func PackFiles(content, templates fs.FS, letters letter.Table, assets page.Assets) ([]byte, error) {
	site, faults := page.LoadSite(content)
	p, wrong := Load(content, letters, site.Fact)
	if err := append(faults, wrong...).Err(); err != nil {
		return nil, err
	}
	fixed, err := page.DrawFixed(templates, site, assets)
	if err != nil {
		return nil, err
	}
	return Packed{site, p, assets, fixed}.Pack(), nil
}

// packed is the form in which content is written. Maps become sorted lists, so that the same
// content gives the same bytes.
type packed struct {
	Site     page.Site
	Assets   page.Assets
	Fixed    page.Fixed
	Courses  []course.Course
	Services []service.Service
	Forms    []*form.Definition
	Sheets   []packedSheet
	Letters  []*letter.Template
	Schemes  []scheme.Scheme
}

type packedSheet struct {
	Service string
	Sheet   *form.Sheet
}

// Pack returns the bytes of content that was loaded without a fault.
func (p Packed) Pack() []byte {
	all := packed{Site: *p.Site, Assets: p.Assets, Fixed: p.Fixed}
	all.Site.File = source.File{Path: all.Site.File.Path}
	for _, c := range p.Programme.Courses {
		bare := *c
		bare.File, bare.Faults = source.File{Path: c.File.Path}, nil // without warnings
		all.Courses = append(all.Courses, bare)
	}
	for _, s := range p.Programme.Services {
		bare := *s
		bare.File = source.File{Path: s.File.Path}
		all.Services = append(all.Services, bare)
	}
	for _, s := range p.Programme.Schemes {
		bare := *s
		bare.File = source.File{Path: s.File.Path}
		all.Schemes = append(all.Schemes, bare)
	}
	for _, id := range slices.Sorted(maps.Keys(p.Programme.Forms)) {
		all.Forms = append(all.Forms, p.Programme.Forms[id])
	}
	for _, name := range slices.Sorted(maps.Keys(p.Programme.Letters)) {
		all.Letters = append(all.Letters, p.Programme.Letters[name])
	}
	for key, sheet := range p.Programme.sheets {
		all.Sheets = append(all.Sheets, packedSheet{key[1], sheet})
	}
	slices.SortFunc(all.Sheets, func(a, b packedSheet) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Sheet.Use, b.Sheet.Use))
	})
	return append([]byte(Shape), packing.Write(all)...)
}

// Unpack reads the bytes that Pack returned. It returns [ErrShape] if another version of the hub
// packed them.
func Unpack(data []byte) (*Packed, error) {
	rest, ok := bytes.CutPrefix(data, []byte(Shape))
	if !ok {
		return nil, ErrShape
	}
	var all packed
	if err := packing.Read(rest, &all); err != nil {
		return nil, fmt.Errorf("reading the packed content: %w", err)
	}
	p := &Programme{Forms: map[string]*form.Definition{}, Letters: letter.Set{}, sheets: map[[2]string]*form.Sheet{}}
	for i := range all.Courses {
		p.Courses = append(p.Courses, &all.Courses[i])
	}
	for i := range all.Services {
		all.Services[i].Restore()
		p.Services = append(p.Services, &all.Services[i])
	}
	for i := range all.Schemes {
		p.Schemes = append(p.Schemes, &all.Schemes[i])
	}
	var err error
	for _, d := range all.Forms {
		err = errors.Join(err, d.Restore())
		p.Forms[d.ID] = d
	}
	for _, s := range all.Sheets {
		err = errors.Join(err, s.Sheet.Restore())
		p.sheets[[2]string{s.Sheet.Use, s.Service}] = s.Sheet
	}
	for _, t := range all.Letters {
		p.Letters[t.Name] = t
	}
	return &Packed{&all.Site, p, all.Assets, all.Fixed}, err
}
