package makeapi

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// errIdle is the cause of an attempt that was cut off because nothing came any more.
var errIdle = errors.New("no answer in time")

// errUnread is the cause of one that was over but for the rest of its reply, which nobody awaits.
var errUnread = errors.New("the rest of the reply was left unread")

// idleTimeout cuts an attempt off when nothing has come for a while, or when its time is over.
type idleTimeout struct {
	timer    *time.Timer
	idle     time.Duration
	deadline time.Time
	expired  atomic.Bool
	answered atomic.Bool
	cancel   context.CancelCauseFunc
	ended    <-chan struct{} // closed when the attempt is over, or was cut off
}

func startIdleTimeout(ctx context.Context, idle, rest time.Duration) (context.Context, *idleTimeout) {
	ctx, cancel := context.WithCancelCause(ctx)
	t := &idleTimeout{idle: idle, deadline: time.Now().Add(rest), cancel: cancel, ended: ctx.Done()}
	t.timer = time.AfterFunc(idle, t.expire)
	return ctx, t
}

func (t *idleTimeout) expire() {
	t.expired.Store(true)
	if t.answered.Load() {
		t.cancel(errUnread)
		return
	}
	t.cancel(errIdle)
}

// expireAfter cuts the attempt off a while after the run was interrupted.
func (t *idleTimeout) expireAfter(interrupted context.Context, grace time.Duration) (release func()) {
	var last atomic.Pointer[time.Timer]
	forget := context.AfterFunc(interrupted, func() { last.Store(time.AfterFunc(grace, t.expire)) })
	return func() {
		forget()
		if timer := last.Load(); timer != nil {
			timer.Stop()
		}
	}
}

// restart puts the cut off.
func (t *idleTimeout) restart() {
	if t.timer.Stop() {
		t.timer.Reset(max(min(t.idle, time.Until(t.deadline)), 0))
	}
}

// suspend lets no time pass until resume.
func (t *idleTimeout) suspend() (resume func()) {
	if !t.timer.Stop() {
		return func() {}
	}
	began := time.Now()
	return func() {
		t.deadline = t.deadline.Add(time.Since(began))
		t.timer.Reset(max(min(t.idle, time.Until(t.deadline)), 0))
	}
}

// leave allows no more than so long from now on: what was wanted of the reply is there.
func (t *idleTimeout) leave(idle time.Duration) {
	t.answered.Store(true)
	t.idle = min(t.idle, idle)
	t.restart()
}

func (t *idleTimeout) stop() {
	t.timer.Stop()
	t.cancel(nil)
}
