// Package command is the command line of makesync: what the user types goes in,
// an exit code comes out, and on the way flags, prompts, files and streams meet
// the pure core.
//
//	code := command.Main(ctx, os.Args, command.Env{Stdin: os.Stdin, Stdout: os.Stdout, …})
//
// The rules of the user interface:
//
//   - stdout carries the result and nothing else; logs, progress and questions go to stderr.
//   - Without a terminal nothing is asked and nothing is animated; a run that
//     has nothing to say prints little.
//   - A mistake in the command line ends with 64 before anything is read, and
//     the message holds the command as it should have been typed.
//   - An error is `error: …` and, where there is something to do, `hint: …`.
//   - Files are written at the end and only by a run that has something to put into
//     them; the JSON of --out-json is written also by a run that fails.
//   - Every command but `apply` and `invitation accept` talks to the zones through a
//     transport that refuses anything but GET.
//
// # How a command is built
//
//	command line
//	     │   command.go      the list of commands; nothing else knows them all
//	     ▼
//	xCommand(r)              x.go: name, help, flags, and the action
//	     │   runtime.go      action: arguments counted, flags looked at, log opened
//	     ▼
//	readXOptions(c, r.Env)   flags and environment → a struct, checked once     → 64
//	     │   options_*.go    one file for each group of flags that commands share
//	     ▼
//	runX(ctx, r, o)          documents, zones, the core; the run's state in one struct
//	     │   planned_run.go  plan, undo, apply       sources.go  export, snapshot, migrate, compare
//	     ▼
//	result                   results.go, x.go: a value that can be text, JSON, Markdown, HTML
//	     │   result.go       emit: to stdout and --out-json, whole or not at all
//	     ▼
//	exit                     exit.go decides it, for errors too; empty_result.go gives those their JSON
//
// There is one file for each command. A new one is such a file and a row in commands(). A new flag
// goes into the file of its group: the flag, the field of the options and its check stand together
// there, and every command of the group has it. A flag that names files is a pathFlag or a
// pathsFlag; a number that bounds a run is a boundFlag. No flag may be given an empty value.
//
// [runtimeEnv] holds what a command shares with all others: streams, environment, log, prompt. What
// a command does is a function, or a method of the struct that holds the state of its run.
package command
