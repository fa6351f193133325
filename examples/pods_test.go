package examples_test

import (
	"slices"
	"testing"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
)

// harmless checks what keeps a pod from doing more than it is for: another user than root, a file
// system that it cannot write, no rights, no account of the cluster, bounded memory.
func harmless(t *testing.T, pod *core.PodSpec) {
	t.Helper()
	s := pod.SecurityContext
	for what, ok := range map[string]bool{
		"the user":          *s.RunAsNonRoot && *s.RunAsUser > 0 && *s.FSGroup > 0,
		"seccomp":           s.SeccompProfile.Type == core.SeccompProfileTypeRuntimeDefault,
		"the account token": !*pod.AutomountServiceAccountToken && !*pod.EnableServiceLinks,
		"restartPolicy":     pod.RestartPolicy == core.RestartPolicyNever, // a podFailurePolicy wants Never
		"the container":     len(pod.Containers) == 1 && pod.Containers[0].Name == "makesync",
	} {
		if !ok {
			t.Errorf("the pod: %s", what)
		}
	}
	for _, c := range slices.Concat(pod.InitContainers, pod.Containers) {
		s, limits, requests := c.SecurityContext, c.Resources.Limits, c.Resources.Requests
		for what, ok := range map[string]bool{
			"the root fs":  *s.ReadOnlyRootFilesystem,
			"privileges":   !*s.AllowPrivilegeEscalation,
			"capabilities": slices.Equal(s.Capabilities.Drop, []core.Capability{"ALL"}),
			"limits":       !limits.Memory().IsZero(),
			"requests":     !requests.Memory().IsZero() && !requests.Cpu().IsZero(),
		} {
			if !ok {
				t.Errorf("%s: %s", c.Name, what)
			}
		}
	}
	for _, volume := range pod.Volumes {
		if volume.ConfigMap != nil && volume.ConfigMap.Name != "makesync-guards" { // a file, no folder
			t.Error("a ConfigMap of a folder has no sub-folders, and takes what is no document")
		}
	}
}

// failureActions are the actions that a policy takes for exit codes; disruptions, which it must
// ignore before it looks at codes, are none of them.
func failureActions(t *testing.T, job *batch.JobSpec) map[int32]batch.PodFailurePolicyAction {
	t.Helper()
	rules, actions := job.PodFailurePolicy.Rules, map[int32]batch.PodFailurePolicyAction{}
	first := rules[0]
	if first.Action != batch.PodFailurePolicyActionIgnore || first.OnPodConditions[0].Type != core.DisruptionTarget {
		t.Errorf("disruptions count as failures: %+v", first)
	}
	for _, rule := range rules[1:] {
		on := rule.OnExitCodes
		if *on.ContainerName != "makesync" || !slices.IsSorted(on.Values) { // the API server wants them sorted
			t.Errorf("%+v", on)
		}
		for _, code := range on.Values {
			actions[code] = rule.Action
		}
	}
	return actions
}
