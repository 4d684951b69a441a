package main

import (
	"runtime"
	"syscall"
)

// soonUsed is about as much memory as a build of 1,000 courses uses.
const soonUsed = 64 << 20 // bytes

// takeLargePages asks the system to give memory in pages of 2 MiB. A build otherwise spends an
// eighth of its time on getting pages of 4 KiB, one by one. The memory is free again at once, so
// that Go puts there what is allocated next; the system gives a page only when it is used. A system
// without large pages refuses, and everything stays as it is.
func takeLargePages() {
	_ = syscall.Madvise(make([]byte, soonUsed), syscall.MADV_HUGEPAGE)
	runtime.GC()
}
