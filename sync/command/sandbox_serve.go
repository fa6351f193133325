package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/urfave/cli/v2"

	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/sandbox"
)

type serveOptions struct {
	state, seed     string
	listen          []listenOption
	tlsCert, tlsKey string
	switches        []string
	faults          []string
	control         bool
}

// listenOption is one --listen: an address for a zone, "" for the state's first one.
type listenOption struct{ zone, address string }

const serveDescription = "Prints `zone NAME http://HOST:PORT` for each --listen once it answers, " +
	"and serves until SIGINT or SIGTERM. It listens on loopback only, and refuses requests by other names " +
	"and from web pages elsewhere: the API of a simulated zone protects nothing. " +
	"The token is that of the state's first user: 00000000-0000-4000-8000-000000000001 unless the state says otherwise."

func sandboxServeCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:        "serve",
		Usage:       "serve the zones of a state over HTTP",
		Description: serveDescription,
		UsageText:   "makesync sandbox serve --state lab.json --listen eu1=127.0.0.1:8080 --listen us1=127.0.0.1:0",
		Flags:       joined(serveFlags(), logFlags()),
		Action: r.action(noArguments, func(c *cli.Context) error {
			o, err := readServeOptions(c)
			if err != nil {
				return err
			}
			return serveSandbox(c.Context, r, o)
		}),
	}
}

// The lines of help that are too long for the table.
const (
	stateUsage  = "`STATE` the file of the state, made when it is missing (default: " + defaultState + ")"
	listenUsage = "`[ZONE=]ADDR` where to listen, as in eu1=127.0.0.1:8080; without ZONE the state's first zone; " +
		"port 0 picks one; repeatable"
	switchUsage = "`NAME=VALUE` decide what the API leaves open, for as long as it serves; a wrong name lists them; " +
		"repeatable"
	faultUsage = "`RULE` break calls on purpose, for as long as it serves; a wrong rule explains the form; " +
		"repeatable"
	controlUsage = "answer below /control/ too: state, writes so far, switches, clock, faults, " +
		"charges and checkouts; for tests"
	certUsage = "PEM `FILE` with a certificate: serve https, for clients that speak nothing else"
	seedUsage = "`FILE` what a missing state is made from, instead of the starter"
)

func serveFlags() []cli.Flag {
	return []cli.Flag{
		newInputFlag(cli.StringFlag{Name: "state", Value: defaultState, Usage: stateUsage}),
		newInputFlag(cli.StringFlag{Name: "seed", Usage: seedUsage}),
		&cli.StringSliceFlag{Name: "listen", Usage: listenUsage},
		newInputFlag(cli.StringFlag{Name: "tls-cert", Usage: certUsage}),
		newInputFlag(cli.StringFlag{Name: "tls-key", Usage: "PEM `FILE` with its key"}),
		&cli.StringSliceFlag{Name: "switch", Usage: switchUsage},
		&cli.StringSliceFlag{Name: "fault", Usage: faultUsage},
		&cli.BoolFlag{Name: "control", Usage: controlUsage},
	}
}

func readServeOptions(c *cli.Context) (serveOptions, error) {
	o := serveOptions{
		state:    c.String("state"),
		seed:     c.String("seed"),
		tlsCert:  c.String("tls-cert"),
		tlsKey:   c.String("tls-key"),
		switches: c.StringSlice("switch"),
		faults:   c.StringSlice("fault"),
		control:  c.Bool("control"),
	}
	if (o.tlsCert == "") != (o.tlsKey == "") {
		return o, badUsage(c, "--tls-cert and --tls-key go together")
	}
	for _, value := range c.StringSlice("listen") {
		listen, err := parseListen(value)
		if err != nil {
			return o, badUsage(c, "--listen %s: %s", text.ShellQuote(value), err)
		}
		o.listen = append(o.listen, listen)
	}
	if len(o.listen) == 0 {
		return o, badUsage(c, "sandbox serve needs --listen, as in --listen 127.0.0.1:0")
	}
	return o, nil
}

var errNotLoopback = errors.New(
	"a sandbox zone listens on loopback only (127.0.0.1, ::1, localhost), since its API protects nothing")

// parseListen reads [ZONE=]HOST:PORT and refuses what is not this machine.
func parseListen(text string) (listenOption, error) {
	zone, address, named := strings.Cut(text, "=")
	if !named {
		zone, address = "", text
	}
	if named && zone == "" {
		return listenOption{}, errors.New("write it as [ZONE=]HOST:PORT, as in eu1=127.0.0.1:8080")
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return listenOption{}, errors.New("write it as [ZONE=]HOST:PORT, as in 127.0.0.1:8080")
	}
	if !loopback(host) {
		return listenOption{}, errNotLoopback
	}
	return listenOption{zone, address}, nil
}

// serveSandbox serves until the context ends.
func serveSandbox(ctx context.Context, r *runtimeEnv, o serveOptions) error {
	world, err := sandbox.Open(sandbox.Options{State: o.state, Seed: o.seed})
	if err != nil {
		return servingFailure(err)
	}
	err = serveWorld(ctx, r, world, o)
	return errors.Join(err, world.Close())
}

func serveWorld(ctx context.Context, r *runtimeEnv, world *sandbox.World, o serveOptions) error {
	if err := interruptRequests(world, o); err != nil {
		return err
	}
	var servers []*server
	defer func() {
		for _, s := range servers {
			s.stop()
		}
	}()
	failed := make(chan error, len(o.listen))
	for _, listen := range o.listen {
		s, err := listenZone(r, world, listen, o)
		if err != nil {
			return err
		}
		servers = append(servers, s)
		go func() { failed <- s.serve() }()
	}
	for _, s := range servers {
		fmt.Fprintf(r.Stdout, "zone %s %s\n", s.zone, s.url)
	}
	fmt.Fprintf(r.signs(), "SANDBOX state %s; stop with ctrl-c\n", o.state)
	select {
	case err := <-failed:
		return failure{exit: exit.Internal, message: "serve the sandbox", cause: err}
	case <-ctx.Done():
		return end(exit.StopExit(ctx))
	}
}

// interruptRequests sets the switches and faults of the command line, for this process alone: the
// state file is that of the next one too.
func interruptRequests(world *sandbox.World, o serveOptions) error {
	for _, text := range o.switches {
		name, value, err := sandbox.ParseSwitch(text)
		if err == nil {
			err = world.SetPassingSwitch(name, value)
		}
		if err != nil {
			return usageError{message: "--switch: " + err.Error()}
		}
	}
	for _, text := range o.faults {
		fault, err := sandbox.ParseFault(text)
		if err != nil {
			return usageError{message: "--fault: " + err.Error()}
		}
		if err := world.AddPassingFault(fault); err != nil {
			return err
		}
	}
	return nil
}
