/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <QCoreApplication>
#include <QTimer>
#include <utility>

#include <QXmppClient.h>
#include <QXmppConfiguration.h>
#include <QXmppGlobal.h>
#include <QXmppMessage.h>
#include <QXmppRosterIq.h>
#include <QXmppRosterManager.h>
#if QXMPP_VERSION >= QT_VERSION_CHECK(1, 5, 0)
#include <QXmppTask.h>
#endif

/* QXmpp at the same work. */

namespace
{
  const int batch = 100;

  class Worker
  {
  public:
    Worker ()
    {
      QXmppConfiguration configuration;

      configuration.setJid ("romeo@montague.example/orchard");
      configuration.setPassword ("secret");
      configuration.setHost ("127.0.0.1");
      configuration.setPort (bench.port);
      configuration.setStreamSecurityMode (QXmppConfiguration::TLSDisabled);
      configuration.setSaslAuthMechanism ("PLAIN");
#if QXMPP_VERSION >= QT_VERSION_CHECK(1, 7, 0)
      /* PLAIN is among them. */
      configuration.setDisabledSaslMechanisms ({});
#endif
      configuration.setAutoReconnectionEnabled (false);
      QObject::connect (&client, &QXmppClient::messageReceived,
                        [this] (const QXmppMessage &message) { received (message); });
#if QXMPP_VERSION >= QT_VERSION_CHECK(1, 5, 0)
      QObject::connect (&client, &QXmppClient::errorOccurred, [] (const QXmppError &error)
                        { qCritical ("QXmpp: %s", qPrintable (error.description)); });
#endif
      QObject::connect (&client, &QXmppClient::disconnected, [] { QCoreApplication::exit (1); });
      QObject::connect (&timer, &QTimer::timeout, [this] { send_some (); });
      client.connectToServer (configuration);
    }

  private:
    void received (const QXmppMessage &message)
    {
      const QByteArray body = message.body ().toUtf8 ();

      if (bench_message (body.constData ()))
        QCoreApplication::exit (0);
      else if (body == "begin" && bench_is ("send"))
        timer.start (0);
      else if (body == "begin" && bench_is ("roster"))
        request_roster ();
    }

    void request_roster ()
    {
      auto *roster = client.findExtension<QXmppRosterManager> ();
      QXmppRosterIq iq;

      QObject::connect (roster, &QXmppRosterManager::rosterReceived, [roster]
        {
          bench_note ("items", roster->getRosterBareJids ().size ());
          bench_end ();
          QCoreApplication::exit (0);
        });
      iq.setType (QXmppIq::Get);
      send (iq);
    }

    void send_some ()
    {
      for (int i = 0; i < batch && n_done < bench.amount; i++, n_done++)
        {
          QXmppMessage message ("", "juliet@capulet.example", "Wherefore art thou, Romeo?");

          send (message);
        }
      if (n_done == bench.amount)
        timer.stop ();
    }

    template<typename Stanza>
    void send (Stanza &stanza)
    {
#if QXMPP_VERSION >= QT_VERSION_CHECK(1, 5, 0)
      client.send (std::move (stanza));
#else
      client.sendPacket (stanza);
#endif
    }

    QXmppClient client;
    QTimer timer;
    uint64_t n_done = 0;
  };
}

int
main (int argc, char **argv)
{
  bench_init (argc, argv);
  QCoreApplication application (argc, argv);
  Worker worker;

  return application.exec ();
}
