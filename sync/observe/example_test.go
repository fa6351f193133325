package observe_test

import (
	"context"
	"fmt"
	"time"

	"makesync/spec"
	"makesync/sync/observe"
	"makesync/sync/plan"
	"makesync/sync/state"
	"makesync/sync/zonetest"
)

type clock struct{}

func (clock) Now() time.Time                                   { return time.Date(2026, 11, 22, 3, 15, 0, 0, time.UTC) }
func (clock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// The answer to a write is lost. Reading shows that the zone has done it.
func ExampleObserver_Inspect() {
	acme := zonetest.Organization(11, "Acme")
	zonetest.Variable(acme, "PORT", spec.TypeNumber, "8080")
	observer := observe.New(observe.Options{
		Port: state.Port{Reader: zonetest.New(acme)}, Clock: clock{}, Key: "acme", Zone: "eu1", ID: 11,
	})
	step := &plan.Step{Address: "acme/variable/PORT", Kind: spec.KindVariable, Op: plan.OpUpdate,
		Fields: []plan.Field{{Path: "value", From: state.Text("80"), To: state.Text("8080")}}}
	lost := observe.Write{Write: plan.Write{Verb: plan.UpdateVariable}, Step: step, Images: observe.Images{
		Before: state.View{"value": state.Text("80")},
		After:  state.View{"value": state.Text("8080")},
	}}
	fmt.Println(observer.Inspect(context.Background(), lost).State == observe.Applied)
	// Output: true
}
