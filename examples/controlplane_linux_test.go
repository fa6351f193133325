package examples_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// controlPlane is a real one: etcd, API server, controllers, as processes of this machine. There
// are no nodes but those that kubelet plays.
type controlPlane struct {
	dir, assets string
	etcd, url   string
	api         *exec.Cmd
	client      *http.Client
}

// patience is for a machine that has much else to do: what is waited for is a condition, and it
// comes in seconds where there is nothing else.
const patience = 10 * time.Minute

const clusterToken = "cluster-token-of-the-tests"

// newControlPlane starts the programs of the folder that KUBEBUILDER_ASSETS names, as the field's
// test environments do.
func newControlPlane(t *testing.T) *controlPlane {
	t.Helper()
	assets := os.Getenv("KUBEBUILDER_ASSETS")
	if assets == "" {
		t.Skip("CANNOT CHECK HERE: KUBEBUILDER_ASSETS names no folder with etcd, kube-apiserver and kube-controller-manager")
	}
	if _, err := exec.LookPath("kubectl"); err != nil {
		t.Skip("CANNOT CHECK HERE: kubectl is not installed")
	}
	p := &controlPlane{dir: t.TempDir(), assets: assets, etcd: "http://" + freeAddress(t), url: "https://" + freeAddress(t)}
	p.client = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // the API server makes its certificate itself
	}}
	p.writeFiles(t)
	p.start(t, "etcd", "--data-dir="+filepath.Join(p.dir, "etcd"), "--listen-client-urls="+p.etcd, "--advertise-client-urls="+p.etcd,
		"--listen-peer-urls=http://"+freeAddress(t), "--unsafe-no-fsync", "--log-level=error")
	p.startAPI(t)
	p.start(t, "kube-controller-manager", "--kubeconfig="+p.kubeconfig("default"), "--leader-elect=false", "--bind-address=127.0.0.1",
		"--secure-port=0", "--controllers=job-controller,cronjob-controller,pod-garbage-collector-controller,namespace-controller,"+
			"garbage-collector-controller")
	return p
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// writeFiles writes the token that may do everything and the key that signs for accounts.
func (p *controlPlane) writeFiles(t *testing.T) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	for name, data := range map[string][]byte{
		"tokens.csv": []byte(clusterToken + ",tests,tests,system:masters\n"), "accounts.key": pem.EncodeToMemory(block),
	} {
		if err := os.WriteFile(filepath.Join(p.dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// start starts a program that ends with the test; what it says last is shown when the test fails.
func (p *controlPlane) start(t *testing.T, program string, args ...string) *exec.Cmd {
	t.Helper()
	said, err := os.OpenFile(filepath.Join(p.dir, program+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	cmd := exec.Command(filepath.Join(p.assets, program), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, said, said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // also where a test does not come to its end
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if text, _ := os.ReadFile(said.Name()); t.Failed() {
			t.Logf("%s said last:\n%s", program, text[max(0, len(text)-1500):])
		}
	})
	return cmd
}

// startAPI starts the API server and waits until it is ready.
func (p *controlPlane) startAPI(t *testing.T) {
	t.Helper()
	key := filepath.Join(p.dir, "accounts.key")
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(p.url, "https://"))
	p.api = p.start(t, "kube-apiserver", "--etcd-servers="+p.etcd, "--bind-address=127.0.0.1", "--secure-port="+port,
		"--cert-dir="+filepath.Join(p.dir, "certificates"), "--service-cluster-ip-range=10.0.0.0/24", "--authorization-mode=AlwaysAllow",
		"--token-auth-file="+filepath.Join(p.dir, "tokens.csv"), "--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file="+key, "--service-account-signing-key-file="+key, "--disable-admission-plugins=ServiceAccount",
		"--kubelet-preferred-address-types=InternalIP")
	for began := time.Now(); p.call(http.MethodGet, "/readyz", "", nil, nil) != nil; time.Sleep(200 * time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatal("the API server does not get ready")
		}
	}
}

// restartAPI ends the API server as a crash does and starts it again after a while.
func (p *controlPlane) restartAPI(t *testing.T, away time.Duration) {
	t.Helper()
	if err := p.api.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.api.Wait()
	time.Sleep(away)
	p.startAPI(t)
}

// call asks the API server; out is what its answer is read into, if it is given.
func (p *controlPlane) call(method, path, content string, body, out any) error {
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(context.Background(), method, p.url+path, bytes.NewReader(data))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+clusterToken)
	request.Header.Set("Content-Type", content)
	answer, err := p.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, text)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

const (
	asJSON  = "application/json"
	asPatch = "application/strategic-merge-patch+json"
)

// kubeconfig is a file with which kubectl works in a namespace.
func (p *controlPlane) kubeconfig(namespace string) string {
	path := filepath.Join(p.dir, "config-"+namespace)
	text := fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "current-context": "c",
"contexts": [{"name": "c", "context": {"cluster": "c", "user": "u", "namespace": %q}}],
"users": [{"name": "u", "user": {"token": %q}}],
"clusters": [{"name": "c", "cluster": {"server": %q, "insecure-skip-tls-verify": true}}]}`, namespace, clusterToken, p.url)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		panic(err)
	}
	return path
}
