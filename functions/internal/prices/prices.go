// Package prices is what AWS asks for in the region of the hub: one table, from which all money in
// the project's guides comes. The table says of each figure where it is from.
package prices

import (
	_ "embed" // the table
	"fmt"
	"strconv"
	"strings"
)

//go:embed eu-west-2.txt
var table string

// Region is that of the table, and AsOf when it was made.
const (
	Region = "eu-west-2"
	AsOf   = "30 November 2026"
)

// A Price is a line of the table.
type Price struct {
	Name    string
	Dollars float64 // or how much is free, of names that begin with "free-"
	For     string  // "GB-month"
	Service string  // of AWS's price list
	Usage   string  // its usage type
	Listed  string  // the date of the list; "" if it was not checked
}

// All are the lines of the table, or what is wrong with one.
func All() (all []Price, err error) {
	for n, line := range strings.Split(table, "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		if len(f) < 6 {
			return nil, fmt.Errorf("line %d of the prices has %d fields", n+1, len(f))
		}
		p := Price{Name: f[0], For: f[2], Service: f[3], Usage: f[4], Listed: f[5]}
		if p.Dollars, err = strconv.ParseFloat(f[1], 64); err != nil || p.Dollars <= 0 {
			return nil, fmt.Errorf("line %d of the prices: %q is no price", n+1, f[1])
		}
		if f[5] == "not" {
			p.Listed = ""
		}
		all = append(all, p)
	}
	return all, nil
}

// Of is a price by its name. It panics if there is none, which a test finds.
func Of(name string) float64 {
	all, err := All()
	for _, p := range all {
		if p.Name == name {
			return p.Dollars
		}
	}
	panic(fmt.Sprintf("prices: no price %s (%v)", name, err))
}
