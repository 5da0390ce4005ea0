package fapitest_test

import (
	"testing"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

func TestRegistrationContract(t *testing.T) {
	t.Parallel()
	for name, newStore := range map[string]func() registration.Store{
		"memory": func() registration.Store { return new(registration.Memory) },
		"json":   func() registration.Store { return fapitest.NewJSONStore() },
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); fapitest.RegistrationContract(t, newStore) })
	}
}
