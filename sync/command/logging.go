package command

import (
	"log/slog"

	"github.com/urfave/cli/v2"
)

func logFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "log-level", Value: "warn", Usage: "`LEVEL` of the log on stderr: debug, info, warn, error (default: warn)"},
		&cli.StringFlag{Name: "log-format", Value: "text", Usage: "`FORMAT` of the log on stderr: text, json (default: text)"},
	}
}

var logLevels = map[string]slog.Level{
	"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
}

// openLog makes the logger of a command that has log flags; the others keep the silent one.
func (r *runtimeEnv) openLog(c *cli.Context) error {
	if findFlag(c.Command.Flags, "log-level") == nil {
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
	options := &slog.HandlerOptions{Level: logLevels[level]}
	if format == "json" {
		r.log = slog.New(slog.NewJSONHandler(r.Stderr, options))
	} else {
		r.log = slog.New(slog.NewTextHandler(r.Stderr, options))
	}
	return nil
}
