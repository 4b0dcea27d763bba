/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <QCoreApplication>
#include <QXmppClient.h>
#include <QXmppConfiguration.h>
#include <QXmppMessage.h>
#include <QXmppRosterManager.h>

/* QXmpp and its contacts: from the start until the roster is there. */

int
main (int argc, char **argv)
{
  QCoreApplication application (argc, argv);
  QXmppClient client;
  QXmppConfiguration configuration;
  auto *roster = client.findExtension<QXmppRosterManager> ();

  bench_init (argc, argv);
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
  configuration.setKeepAliveInterval (0);
  QObject::connect (&client, &QXmppClient::messageReceived, [&] (const QXmppMessage &message) {
    if (message.body () != "end")
      return;
    if (!roster->isRosterReceived () || (uint64_t) roster->getRosterBareJids ().size () != bench.amount)
      qFatal ("the roster is not there");
    bench_end ();
    application.quit ();
  });
  bench_begin ();
  client.connectToServer (configuration);
  return application.exec ();
}
