package command

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

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

func sandboxServeCommand(r *runtimeEnv) *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "serve the zones of a state over HTTP",
		Description: "Prints `zone NAME http://HOST:PORT` for each --listen once it answers, and serves until SIGINT or SIGTERM. It listens on " +
			"loopback only, and refuses requests by other names and from web pages elsewhere: the API of a simulated zone protects nothing. The token is that of the state's first user: 00000000-0000-4000-8000-000000000001 unless the state says otherwise.",
		UsageText: "makesync sandbox serve --state lab.json --listen eu1=127.0.0.1:8080 --listen us1=127.0.0.1:0",
		Flags: joined([]cli.Flag{
			&cli.StringFlag{
				Name:  "state",
				Value: defaultState,
				Usage: "`STATE` file, made when it is missing (default: " + defaultState + ")",
			},
			&cli.StringFlag{Name: "seed", Usage: "`FILE` that a missing state is made from, instead of the starter"},
			&cli.StringSliceFlag{
				Name:  "listen",
				Usage: "`[ZONE=]ADDR` to listen on, as in eu1=127.0.0.1:8080; without ZONE the state's first zone; port 0 picks one; repeatable",
			},
			&cli.StringFlag{
				Name:  "tls-cert",
				Usage: "PEM `FILE` with a certificate: serve https, for clients that speak nothing else",
			},
			&cli.StringFlag{Name: "tls-key", Usage: "PEM `FILE` with its key"},
			&cli.StringSliceFlag{
				Name:  "switch",
				Usage: "`NAME=VALUE`: decide what the API leaves open, for as long as it serves; a wrong name lists them; repeatable",
			},
			&cli.StringSliceFlag{
				Name:  "fault",
				Usage: "`RULE`: break calls on purpose, for as long as it serves; a wrong rule explains the form; repeatable",
			},
			&cli.BoolFlag{
				Name:  "control",
				Usage: "answer below /control/ too: state, writes so far, switches, clock, faults, charges and checkouts; for tests",
			},
		}, logFlags()),
		Action: r.action(noArguments, func(c *cli.Context) error {
			o, err := readServeOptions(c)
			if err != nil {
				return err
			}
			return r.serveSandbox(c.Context, o)
		}),
	}
}

func readServeOptions(c *cli.Context) (serveOptions, error) {
	o := serveOptions{
		state: c.String("state"), seed: c.String("seed"), tlsCert: c.String("tls-cert"), tlsKey: c.String("tls-key"),
		switches: c.StringSlice("switch"), faults: c.StringSlice("fault"), control: c.Bool("control"),
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
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return listenOption{}, errors.New(
			"a sandbox zone listens on loopback only (127.0.0.1, ::1, localhost), since its API protects nothing",
		)
	}
	return listenOption{zone, address}, nil
}

// serveSandbox serves until the context ends.
func (r *runtimeEnv) serveSandbox(ctx context.Context, o serveOptions) error {
	world, err := sandbox.Open(sandbox.Options{State: o.state, Seed: o.seed})
	if err != nil {
		return sandboxFailure("", err)
	}
	err = r.serveWorld(ctx, world, o)
	return errors.Join(err, world.Close())
}

func (r *runtimeEnv) serveWorld(ctx context.Context, world *sandbox.World, o serveOptions) error {
	if err := disturb(world, o); err != nil {
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
		s, err := r.listenZone(world, listen, o)
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

// disturb sets the switches and faults of the command line, for this process alone: the state file
// is that of the next one too.
func disturb(world *sandbox.World, o serveOptions) error {
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

// server is one zone on one address.
type server struct {
	zone, url string
	listener  net.Listener
	http      *http.Server
}

func (r *runtimeEnv) listenZone(world *sandbox.World, listen listenOption, o serveOptions) (*server, error) {
	zone := listen.zone
	if zone == "" {
		zone = world.FirstZone()
	}
	handler, err := world.Handler(zone)
	if err != nil {
		return nil, usageError{message: "--listen: " + err.Error()}
	}
	if o.control {
		handler = sandbox.ControlBeside(world, handler)
	}
	scheme, certificates, err := o.certificates()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", listen.address)
	if err != nil {
		return nil, failure{exit: exit.Internal, message: "listen on " + listen.address, cause: err}
	}
	return &server{
		zone: zone, url: scheme + "://" + listener.Addr().String(), listener: listener,
		http: &http.Server{
			Handler: sandbox.Local(
				handler,
				listener.Addr().String(),
			), ReadHeaderTimeout: 30 * time.Second, ErrorLog: log.New(logWriter{r.log}, "", 0),
			TLSConfig: &tls.Config{Certificates: certificates},
		},
	}, nil
}

// certificates are read before anything is served; without them the scheme is http.
func (o serveOptions) certificates() (scheme string, list []tls.Certificate, err error) {
	if o.tlsCert == "" {
		return "http", nil, nil
	}
	certificate, err := tls.LoadX509KeyPair(o.tlsCert, o.tlsKey)
	if err != nil {
		return "", nil, failure{exit: exit.Invalid, message: "read the certificate", cause: err}
	}
	return "https", []tls.Certificate{certificate}, nil
}

// serve answers until stop.
func (s *server) serve() error {
	if len(s.http.TLSConfig.Certificates) > 0 {
		return s.http.ServeTLS(s.listener, "", "")
	}
	return s.http.Serve(s.listener)
}

const stopWait = 5 * time.Second

// stop lets the calls in flight end, for a while.
func (s *server) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), stopWait)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close() // calls that hang on purpose are cut off
	}
}

// logWriter hands the server's own complaints to the log.
type logWriter struct{ log *slog.Logger }

// Write logs a line: a defect of the zone as an error, what clients get wrong (a
// broken TLS handshake) as information.
func (w logWriter) Write(line []byte) (int, error) {
	level := slog.LevelInfo
	if strings.Contains(string(line), "panic serving") {
		level = slog.LevelError
	}
	w.log.Log(context.Background(), level, "serve", "message", strings.TrimSpace(string(line)))
	return len(line), nil
}
