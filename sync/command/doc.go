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
// There is one file for each command; each binds its flags to a struct of options,
// which is checked once and then passed as a value. The exit codes are decided in exit.go alone.
package command
