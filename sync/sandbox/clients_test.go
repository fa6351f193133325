package sandbox_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"makesync/sync/sandbox"
)

const clientsFolder = "../../testdata/clients"

// TestClients runs Make's own clients, unmodified, against the zone over https
// with a throw-away CA (testdata/clients/run.mjs). With MAKESYNC set to the path
// of the built program, they talk to `makesync sandbox serve`, else to the handler.
func TestClients(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(filepath.Join(clientsFolder, "node_modules", "@makehq", "sdk")); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the clients are not installed: npm ci --prefix testdata/clients")
		}
		t.Skip("to run Make's own clients: npm ci --prefix testdata/clients")
	}
	state := filepath.Join(t.TempDir(), "state.json")
	s := sandbox.Starter()
	s.Zones = append(s.Zones, &sandbox.Zone{Name: "busy", Region: &sandbox.Region{ID: 1, Name: "EU"}, Organizations: []*sandbox.Organization{}})
	s.Faults = []string{"zone=busy,nth=1,kind=status,status=429,body=plain,retry-after=1"}
	if err := s.WriteFile(state); err != nil {
		t.Fatal(err)
	}
	zones, certificate := []string{"eu1", "us1", "busy"}, throwAway(t)
	serve := inProcess
	if os.Getenv("MAKESYNC") != "" {
		serve = byProgram
	}
	env := append(os.Environ(), "TOKEN="+ops, "NODE_EXTRA_CA_CERTS="+certificate.certFile)
	for i, address := range serve(t, state, zones, certificate) {
		env = append(env, "ZONE_"+strings.ToUpper(zones[i])+"="+address)
	}
	run := exec.CommandContext(t.Context(), "node", "--test", "run.mjs")
	run.Dir, run.Env = clientsFolder, env
	if out, err := run.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// inProcess serves the zones and returns their addresses, HOST:PORT.
func inProcess(t *testing.T, state string, zones []string, certificate throwAwayCA) []string {
	c := open(t, sandbox.Options{State: state})
	t.Cleanup(c.close)
	addresses := make([]string, len(zones))
	for i, zone := range zones {
		h, err := c.world.Handler(zone)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewUnstartedServer(h)
		server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate.Certificate}}
		server.StartTLS()
		t.Cleanup(server.Close)
		addresses[i] = server.Listener.Addr().String()
	}
	return addresses
}

// byProgram has the program serve the zones and returns the addresses that it prints.
func byProgram(t *testing.T, state string, zones []string, certificate throwAwayCA) []string {
	args := []string{"sandbox", "serve", "--state", state, "--tls-cert", certificate.certFile, "--tls-key", certificate.keyFile}
	for _, zone := range zones {
		args = append(args, "--listen", zone+"=127.0.0.1:0")
	}
	program := exec.Command(os.Getenv("MAKESYNC"), args...)
	program.Stderr = os.Stderr
	out, err := program.StdoutPipe()
	if err == nil {
		err = program.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Process.Kill(); _ = program.Wait() })
	addresses := make([]string, len(zones))
	lines := bufio.NewScanner(out)
	for i, zone := range zones {
		if !lines.Scan() {
			t.Fatalf("the program ended before zone %s was there", zone)
		}
		address, ok := strings.CutPrefix(lines.Text(), "zone "+zone+" https://")
		if !ok {
			t.Fatalf("the program printed %q, want the https address of zone %s", lines.Text(), zone)
		}
		addresses[i] = address
	}
	return addresses
}

// throwAwayCA is a certificate for loopback that is its own CA, also in PEM files.
type throwAwayCA struct {
	tls.Certificate
	certFile, keyFile string
}

func throwAway(t *testing.T) throwAwayCA {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "throw-away"}, IsCA: true,
		BasicConstraintsValid: true, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return throwAwayCA{tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		writePEM(t, "CERTIFICATE", der), writePEM(t, "PRIVATE KEY", private)}
}

func writePEM(t *testing.T, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "part.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
