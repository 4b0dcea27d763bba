/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <gloox/client.h>
#include <gloox/connectionlistener.h>
#include <gloox/iqhandler.h>
#include <gloox/message.h>
#include <gloox/messagehandler.h>
#include <gloox/rostermanager.h>

#include <string>

/* gloox at the same work. */

using namespace gloox;

namespace
{
  const int batch = 100;

  class Ping : public StanzaExtension
  {
  public:
    Ping () : StanzaExtension (ExtPing) {}
    const std::string &filterString () const override { return EmptyString; }
    StanzaExtension *newInstance (const Tag *) const override { return new Ping; }
    Tag *tag () const override { return new Tag ("ping", "xmlns", "urn:xmpp:ping"); }
    StanzaExtension *clone () const override { return new Ping; }
  };

  class Worker : public ConnectionListener, public MessageHandler, public IqHandler
  {
  public:
    Worker () : client (JID ("romeo@montague.example/orchard"), "secret")
    {
      client.setServer ("127.0.0.1");
      client.setPort (bench.port);
      client.setTls (bench.certificate != nullptr ? TLSRequired : TLSDisabled);
      client.setSASLMechanisms (SaslMechPlain);
      client.setCompression (false);
      client.disableRoster ();
      client.registerConnectionListener (this);
      client.registerMessageHandler (this);
    }

    int run ()
    {
      if (!client.connect (false))
        return 1;
      while (!done && client.recv (sending ? 0 : 10000) == ConnNoError)
        {
          if (sending)
            send_some ();
        }
      client.disconnect ();
      return done ? 0 : 1;
    }

    void onConnect () override
    {
      int in_flight = bench_is ("trips") ? 1 : bench_is ("trips100") ? 100 : 0;

      if (in_flight > 0)
        bench_begin ();
      for (int i = 0; i < in_flight; i++)
        request ();
    }

    void onDisconnect (ConnectionError) override {}
    bool onTLSConnect (const CertInfo &) override { return true; }

    void handleMessage (const Message &message, MessageSession *) override
    {
      const std::string body = message.body ();

      if (bench_message (body.c_str ()))
        done = true;
      else if (body[0] == 'b' && bench_is ("send"))
        sending = true;
    }

    bool handleIq (const IQ &) override { return false; }

    void handleIqID (const IQ &, int) override
    {
      if (++n_done == bench.amount)
        {
          bench_end ();
          done = true;
        }
      else if (n_begun < bench.amount)
        request ();
    }

  private:
    void request ()
    {
      IQ iq (IQ::Get, JID ("montague.example"), client.getID ());

      n_begun++;
      iq.addExtension (new Ping);
      client.send (iq, this, 0);
    }

    void send_some ()
    {
      for (int i = 0; i < batch && n_done < bench.amount; i++, n_done++)
        {
          Message message (Message::Chat, JID ("juliet@capulet.example"),
                           "Wherefore art thou, Romeo?");

          client.send (message);
        }
      sending = n_done < bench.amount;
    }

    Client client;
    bool done = false;
    bool sending = false;
    uint64_t n_done = 0;
    uint64_t n_begun = 0;
  };
}

int
main (int argc, char **argv)
{
  bench_init (argc, argv);
  return Worker ().run ();
}
