//go:build !linux

package main

// takeLargePages does nothing where a program cannot ask for large pages.
func takeLargePages() {}
