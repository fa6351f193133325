package command

import (
	"context"
	"crypto/tls"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"makesync/spec/regular"
	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/sandbox"
)

// server is one zone on one address.
type server struct {
	zone, url string
	listener  net.Listener
	http      *http.Server
}

func listenZone(r *runtimeEnv, world *sandbox.World, listen listenOption, o serveOptions) (*server, error) {
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
			Handler:           sandbox.Local(handler, listener.Addr().String()),
			ReadHeaderTimeout: 30 * time.Second,
			ErrorLog:          log.New(logWriter{r.log}, "", 0),
			TLSConfig:         &tls.Config{Certificates: certificates},
		},
	}, nil
}

// certificates are read before anything is served; without them the scheme is http.
func (o serveOptions) certificates() (scheme string, list []tls.Certificate, err error) {
	if o.tlsCert == "" {
		return "http", nil, nil
	}
	var pair [2][]byte
	for i, path := range []string{o.tlsCert, o.tlsKey} {
		if pair[i], err = regular.ReadFile(path, maxKeyFile); err != nil {
			return "", nil, failure{exit: exit.Invalid, message: "read " + text.Quote(path), cause: err}
		}
	}
	certificate, err := tls.X509KeyPair(pair[0], pair[1])
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
