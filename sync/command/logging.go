package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec"
	"makesync/sync/exit"
	"makesync/sync/render"
)

func logFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{
			Name:  "log-level",
			Value: "warn",
			Usage: "`LEVEL` least level of the log on stderr: debug, info, warn, error (default: warn)",
		},
		&cli.StringFlag{
			Name:  "log-format",
			Value: "text",
			Usage: "`FORMAT` form of the log on stderr: text, json (default: text)",
		},
	}
}

var logLevels = map[string]slog.Level{
	"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
}

// openLog makes the logger of a command that has log flags; the others keep the silent one. The
// progress goes to the same place.
func (r *runtimeEnv) openLog(c *cli.Context) error {
	if !hasFlag(c, "log-level") {
		r.openProgress()
		return nil
	}
	level, err := oneOf(c, "log-level", "debug", "info", "warn", "error")
	if err != nil {
		return err
	}
	format, err := oneOf(c, "log-format", "text", "json")
	if err != nil {
		return err
	}
	r.logsJSON = format == "json"
	r.openProgress() // before the log, which writes above its line
	if r.logsJSON {
		r.log = jsonLog(r.Stderr, logLevels[level])
	} else {
		r.log = slog.New(slog.NewTextHandler(r.Stderr, &slog.HandlerOptions{Level: logLevels[level]}))
	}
	r.bar.log = r.log
	return nil
}

func jsonLog(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
}

// wantsJSONLog tells whether stderr shall be JSON lines, before the command line is understood, and
// when it never is.
func wantsJSONLog(args []string) bool {
	return commandLine(args[min(1, len(args)):]).valueOf("log-format") == "json"
}

const stopping = "stopping cleanly: what is in flight is finished; a second signal ends at once"

// SayStopping tells on stderr that a signal was heard, in the form that the command line asks for.
func SayStopping(w io.Writer, args []string) {
	if wantsJSONLog(args) {
		jsonLog(w, slog.LevelWarn).Warn(stopping)
		return
	}
	fmt.Fprintln(w, stopping)
}

// openProgress makes room for a line on the terminal: whatever else goes there appears above it.
func (r *runtimeEnv) openProgress() {
	moves := r.Terminal.Stderr && !r.dumb()
	line := render.ProgressOptions{
		Terminal: moves, Watched: r.Terminal.Stderr, Width: r.Terminal.ErrorWidth, Now: r.Now,
	}
	r.bar = progress{render.NewProgress(r.signs(), line), r.log}
	if moves {
		r.Stdout, r.Stderr = r.bar.Beside(r.Stdout), r.bar.Beside(r.Stderr)
	}
}

// With --log-format json stderr is for a machine: what else would be words there becomes lines of
// the log.

// printProblems writes problems and the last line to stderr.
func (r *runtimeEnv) printProblems(problems []spec.Problem, code exit.Code, o render.Options) error {
	if !r.logsJSON {
		return render.Problems(r.Stderr, problems, code, o)
	}
	for _, p := range problems {
		level := slog.LevelError
		if p.Severity == spec.Warning {
			level = slog.LevelWarn
		}
		r.log.LogAttrs(context.Background(), level, render.Clean(p.Message), problemAttrs(p)...)
	}
	var words bytes.Buffer
	o.Color, o.Links = false, nil
	if err := render.Problems(&words, problems, code, o); err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(words.String()), "\n")
	r.log.Error(lines[len(lines)-1], "exit", code.Code, "name", code.Name)
	return nil
}

// problemAttrs are the parts of a problem that are not empty.
func problemAttrs(p spec.Problem) []slog.Attr {
	attrs := []slog.Attr{slog.String("rule", p.Rule)}
	add := func(name, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(name, render.Clean(value)))
		}
	}
	add("address", string(p.Address))
	add("path", p.Path)
	if p.Source != nil {
		add("at", p.Source.String())
	}
	if p.Error != nil {
		attrs = append(attrs, slog.Int("status", p.Error.Status))
		add("code", p.Error.Code)
	}
	add("hint", p.Hint)
	return attrs
}

// printError writes what ended a run to stderr.
func (r *runtimeEnv) printError(err error, code exit.Code) {
	if !r.logsJSON {
		r.printFailure(err)
		return
	}
	r.log.Error(render.Clean(err.Error()), "hint", render.Clean(hintOf(err)), "exit", code.Code, "name", code.Name)
}

// printFailure writes the lines in which every error ends.
func (r *runtimeEnv) printFailure(err error) {
	if errors.Is(err, errDeclined) {
		fmt.Fprintln(r.Stderr, render.Declined)
		return
	}
	_ = render.Failure(r.Stderr, err.Error(), hintOf(err), r.errorWords(false, "")) // nobody is left to tell
}

// signs is where signs of life go: a machine gets its own as lines of the log.
func (r *runtimeEnv) signs() io.Writer {
	if r.logsJSON {
		return io.Discard
	}
	return r.Stderr
}
