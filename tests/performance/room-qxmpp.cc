/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <QCoreApplication>
#include <QTimer>
#include <QXmppClient.h>
#include <QXmppConfiguration.h>
#include <QXmppMessage.h>
#include <QXmppMucManager.h>

/* QXmpp in a room: from the request to enter until all occupants are there. */

int
main (int argc, char **argv)
{
  QCoreApplication application (argc, argv);
  QXmppClient client;
  QXmppConfiguration configuration;
  auto *manager = new QXmppMucManager;
  QXmppMucRoom *room = nullptr;

  bench_init (argc, argv);
  client.addExtension (manager);
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
  QObject::connect (&client, &QXmppClient::connected, [&] {
    QTimer::singleShot (200, [&] {
      room = manager->addRoom ("room@conference.example");
      room->setNickName ("romeo");
      bench_begin ();
      room->join ();
    });
  });
  QObject::connect (&client, &QXmppClient::messageReceived, [&] (const QXmppMessage &message) {
    if (message.body () != "end")
      return;
    if (!room->isJoined () || (uint64_t) room->participants ().size () != bench.amount + 1)
      qFatal ("the occupants are not there");
    bench_end ();
    application.quit ();
  });
  client.connectToServer (configuration);
  return application.exec ();
}
