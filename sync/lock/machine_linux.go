package lock

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
)

// Machine is the place that all processes of this machine share, whoever started them: sockets in
// the namespace without files ("abstract"), which every user can make, see and ask for their owner,
// and which end with their process. Containers with a network of their own are machines of their
// own.
func Machine() (Place, error) { return sockets{}, nil }

type sockets struct{}

// prefix of the names of a zone's sockets; they may have 107 bytes.
func (sockets) prefix(zone, of string) string {
	hash := sha256.Sum256([]byte(zone))
	return fmt.Sprintf("@makesync/%x/%s", hash[:16], of)
}

func (s sockets) enter(ctx context.Context, zone string) (func(), error) {
	var gate net.Listener
	err := passGate(ctx, func() (bool, error) {
		var err error
		gate, err = net.Listen("unix", s.prefix(zone, nameGate))
		if errors.Is(err, syscall.EADDRINUSE) {
			return false, nil
		}
		return err == nil, err
	})
	if err != nil {
		return nil, err
	}
	return func() { _ = gate.Close() }, nil
}

// serial tells apart the sockets of one process.
var serial atomic.Int64

func (s sockets) hold(zone, of string, _ bool, _ Owner) (name, error) {
	listener, err := net.Listen("unix", fmt.Sprintf("%s/%d-%d", s.prefix(zone, of), os.Getpid(), serial.Add(1)))
	if err != nil {
		return nil, err
	}
	return heldSocket{listener}, nil
}

type heldSocket struct{ listener net.Listener }

func (h heldSocket) release() error { return h.listener.Close() }

func (heldSocket) stale() *Owner { return nil }

// socketList lists the sockets of this machine, the path of each in the last column.
const socketList = "/proc/net/unix"

func (s sockets) holder(zone, of string) (Owner, bool, error) {
	list, err := os.Open(socketList)
	if err != nil {
		return Owner{}, false, err
	}
	defer list.Close()
	prefix := s.prefix(zone, of) + "/"
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		if _, rest, is := strings.Cut(lines.Text(), " "+prefix); is {
			return peer(prefix + rest), true, nil
		}
	}
	return Owner{}, false, lines.Err()
}

// peer asks a socket for its owner, who has not to do anything for that.
func peer(path string) Owner {
	conn, err := net.Dial("unix", path)
	if err != nil {
		return Owner{}
	}
	defer conn.Close()
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return Owner{}
	}
	var owner Owner
	_ = raw.Control(func(fd uintptr) {
		cred, err := syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
		if err == nil {
			uid := int(cred.Uid)
			owner = Owner{PID: int(cred.Pid), UID: &uid}
		}
	})
	return owner
}
