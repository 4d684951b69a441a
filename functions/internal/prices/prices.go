// Package prices lists AWS's prices in the hub's region. All sums about AWS in the project's guides
// come from this one table. The table says where each price is from.
package prices

import (
	_ "embed" // the table
	"fmt"
	"strconv"
	"strings"
)

//go:embed eu-west-2.txt
var table string

// Region is the region of the table, and AsOf its date.
const (
	Region = "eu-west-2"
	AsOf   = "30 November 2026"
)

// A Price is a line of the table.
type Price struct {
	Name    string
	Dollars float64 // the price; or how much is free, for names that begin with "free-"
	For     string  // "GB-month"
	Service string  // as in AWS's price list
	Usage   string  // the usage type there
	Listed  string  // the date of the list; "" if it was not checked
}

// All returns the lines of the table, or an error about one of them.
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

// Of is the price with a name. It panics if there is none, so that a test finds it.
func Of(name string) float64 {
	all, err := All()
	for _, p := range all {
		if p.Name == name {
			return p.Dollars
		}
	}
	panic(fmt.Sprintf("prices: no price %s (%v)", name, err))
}
