package dpop
