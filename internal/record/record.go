// Package record is what any kept thing needs, whatever it is about.
package record
