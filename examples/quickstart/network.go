package main

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// A network is loopback TLS with a certification authority that everybody in the story trusts.
type network struct {
	pki         *fapitest.PKI
	certificate tls.Certificate // of every server
	story       *story
	servers     []*http.Server
	clients     []*http.Client
}

func newNetwork(story *story) (*network, error) {
	pki, err := fapitest.NewPKI()
	if err != nil {
		return nil, err
	}
	certificate, err := pki.ServerCertificate("localhost", "127.0.0.1")
	return &network{pki: pki, certificate: certificate, story: story}, err
}

// frontName is the party whose listener asks for no certificates.
const frontName = "AS"

// A place is where a server listens.
type place struct {
	net.Listener
	url string
}

// listen opens a port for a party. Host is 127.0.0.1 or localhost: to cookies, which don't know ports, those are two servers.
func (n *network) listen(party, host string) (*place, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return nil, err
	}
	n.story.names[host+":"+port] = party
	return &place{Listener: l, url: "https://" + host + ":" + port}, nil
}

// serve serves over TLS as FAPI wants it. Where clientCertificates is set, clients are asked for a certificate and may have none.
func (n *network) serve(at *place, handler http.Handler, clientCertificates bool) {
	server := &http.Server{
		Handler:           handler,
		TLSConfig:         fapi.TLSConfig(clientCertificates, n.certificate),
		ReadHeaderTimeout: 10 * time.Second,
	}
	n.servers = append(n.servers, server)
	go func() { _ = server.ServeTLS(at, "", "") }() // until close
}

// connect gives a party an HTTP client that tells the story of its messages. The certificate may be nil.
func (n *network) connect(party string, certificate *tls.Certificate) *http.Client {
	client := fapitest.HTTPS(n.pki.Pool(), certificate)
	w := &wire{story: n.story, party: party, base: client.Transport}
	if certificate != nil {
		w.certificate = certificate.Leaf.Subject.CommonName
	}
	client.Transport = w
	client.Timeout = 30 * time.Second
	n.clients = append(n.clients, client)
	return client
}

func (n *network) close() {
	for _, client := range n.clients {
		client.CloseIdleConnections()
	}
	for _, server := range n.servers {
		_ = server.Close()
	}
}
