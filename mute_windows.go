package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// setConsoleCtrlHandler without a handler has the process ignore ctrl-c (1), or not any more (0).
var setConsoleCtrlHandler = windows.NewLazySystemDLL("kernel32.dll").NewProc("SetConsoleCtrlHandler")

// muteInterrupts has the console drop every ctrl-c until what it returns is called: an ignored
// signal of os/signal would end the process here.
func muteInterrupts(chan os.Signal) (unmute func()) {
	_, _, _ = setConsoleCtrlHandler.Call(0, 1)
	return func() { _, _, _ = setConsoleCtrlHandler.Call(0, 0) }
}
