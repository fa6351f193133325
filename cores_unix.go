//go:build !windows

package main

import "syscall"

// keepNoCore has a crash leave no file of the process's memory, in which its tokens stand.
func keepNoCore() { _ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) }
