"""Stand-ins on the private session bus for what a desktop has: notifications, the portal for running in the background, a keyring. What they are told is
printed, a line of JSON each. A line on stdin presses a notification: "press SUMMARY".

usage: mocks.py      under headless.sh"""
import json
import sys

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

NOTIFICATIONS = """<node><interface name='org.freedesktop.Notifications'>
<method name='GetCapabilities'><arg type='as' direction='out'/></method>
<method name='GetServerInformation'><arg type='s' direction='out'/><arg type='s' direction='out'/><arg type='s' direction='out'/><arg type='s' direction='out'/></method>
<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>
<arg type='s' direction='in'/><arg type='as' direction='in'/><arg type='a{sv}' direction='in'/><arg type='i' direction='in'/><arg type='u' direction='out'/></method>
<method name='CloseNotification'><arg type='u' direction='in'/></method>
<signal name='ActionInvoked'><arg type='u'/><arg type='s'/></signal></interface></node>"""

BACKGROUND = """<node><interface name='org.freedesktop.portal.Background'>
<method name='RequestBackground'><arg type='s' direction='in'/><arg type='a{sv}' direction='in'/><arg type='o' direction='out'/></method>
<property name='version' type='u' access='read'/></interface></node>"""

SERVICE = """<node><interface name='org.freedesktop.Secret.Service'>
<method name='OpenSession'><arg type='s' direction='in'/><arg type='v' direction='in'/><arg type='v' direction='out'/><arg type='o' direction='out'/></method>
<method name='SearchItems'><arg type='a{ss}' direction='in'/><arg type='ao' direction='out'/><arg type='ao' direction='out'/></method>
<method name='Unlock'><arg type='ao' direction='in'/><arg type='ao' direction='out'/><arg type='o' direction='out'/></method>
<method name='GetSecrets'><arg type='ao' direction='in'/><arg type='o' direction='in'/><arg type='a{o(oayays)}' direction='out'/></method>
<method name='ReadAlias'><arg type='s' direction='in'/><arg type='o' direction='out'/></method>
<property name='Collections' type='ao' access='read'/></interface></node>"""

COLLECTION = """<node><interface name='org.freedesktop.Secret.Collection'>
<method name='CreateItem'><arg type='a{sv}' direction='in'/><arg type='(oayays)' direction='in'/><arg type='b' direction='in'/><arg type='o' direction='out'/>
<arg type='o' direction='out'/></method>
<property name='Locked' type='b' access='read'/><property name='Label' type='s' access='read'/></interface></node>"""

ITEM = """<node><interface name='org.freedesktop.Secret.Item'>
<method name='Delete'><arg type='o' direction='out'/></method>
<property name='Locked' type='b' access='read'/></interface></node>"""

SECRETS = "/org/freedesktop/secrets"


def say(**what):
    print(json.dumps(what), flush=True)


class Mocks:
    def __init__(self):
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.notifications = {}   # number -> (summary, sender)
        self.items = {}           # path -> (attributes, secret)
        self.export("/org/freedesktop/Notifications", NOTIFICATIONS, self.on_notifications)
        self.export("/org/freedesktop/portal/desktop", BACKGROUND, self.on_background, {"version": GLib.Variant("u", 2)})
        self.export(SECRETS, SERVICE, self.on_service, {"Collections": GLib.Variant("ao", [])})
        for path in (SECRETS + "/aliases/default", SECRETS + "/collection/login"):
            self.export(path, COLLECTION, self.on_collection, {"Locked": GLib.Variant("b", False), "Label": GLib.Variant("s", "Login")})
        names = ["org.freedesktop.Notifications", "org.freedesktop.portal.Desktop", "org.freedesktop.secrets"]
        self.waiting = set(names)
        for name in names:
            Gio.bus_own_name_on_connection(self.bus, name, Gio.BusNameOwnerFlags.NONE, self.on_name, None)
        GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, self.on_input)

    def on_name(self, _bus, name):
        self.waiting.discard(name)
        if not self.waiting:
            say(ready=True)

    def export(self, path, xml, handler, properties=None):
        info = Gio.DBusNodeInfo.new_for_xml(xml).interfaces[0]

        def on_call(_bus, sender, at, _interface, method, parameters, invocation):
            try:
                invocation.return_value(handler(sender, at, method, parameters.unpack()))
            except NotImplementedError:
                invocation.return_dbus_error("org.freedesktop.DBus.Error.NotSupported", "not here")

        self.bus.register_object(path, info, on_call, lambda *arguments: (properties or {}).get(arguments[4]), None)

    def on_input(self, _channel, condition):
        line = sys.stdin.readline()
        if not line:
            loop.quit()
            return False
        summary = line.strip().removeprefix("press ")
        for number, (said, sender) in self.notifications.items():
            if said == summary:
                self.bus.emit_signal(sender, "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "ActionInvoked",
                                     GLib.Variant("(us)", (number, "default")))
        return True

    def on_notifications(self, sender, _path, method, arguments):
        if method == "GetCapabilities":
            return GLib.Variant("(as)", (["actions", "body", "persistence"],))
        if method == "GetServerInformation":
            return GLib.Variant("(ssss)", ("mock", "timecoin", "1", "1.2"))
        if method == "CloseNotification":
            summary, _ = self.notifications.pop(arguments[0], ("", ""))
            say(closed=summary)
            return None
        _, replaces, _, summary, body, actions, _, _ = arguments
        number = replaces or len(self.notifications) + 1000
        while not replaces and number in self.notifications:
            number += 1
        self.notifications[number] = (summary, sender)
        say(notified=summary, body=body, actions=actions)
        return GLib.Variant("(u)", (number,))

    def on_background(self, sender, _path, _method, arguments):
        options = arguments[1]
        path = "/org/freedesktop/portal/desktop/request/%s/%s" % (sender[1:].replace(".", "_"), options["handle_token"])
        say(background=options)
        answer = GLib.Variant("(ua{sv})", (0, {"background": GLib.Variant("b", True), "autostart": GLib.Variant("b", options["autostart"])}))
        GLib.timeout_add(50, lambda: self.bus.emit_signal(sender, path, "org.freedesktop.portal.Request", "Response", answer) and False)
        return GLib.Variant("(o)", (path,))

    def on_service(self, _sender, _path, method, arguments):
        if method == "OpenSession":
            # Whoever is refused an encrypted session asks for a plain one.
            if arguments[0] != "plain":
                raise NotImplementedError
            return GLib.Variant("(vo)", (GLib.Variant("s", ""), SECRETS + "/session/1"))
        if method == "SearchItems":
            found = [path for path, (attributes, _) in self.items.items() if all(attributes.get(k) == v for k, v in arguments[0].items())]
            return GLib.Variant("(aoao)", (found, []))
        if method == "Unlock":
            return GLib.Variant("(aoo)", (arguments[0], "/"))
        if method == "ReadAlias":
            return GLib.Variant("(o)", (SECRETS + "/collection/login",))
        return GLib.Variant("(a{o(oayays)})", ({path: self.items[path][1] for path in arguments[0] if path in self.items},))

    def on_collection(self, _sender, _path, _method, arguments):
        properties, secret, _replace = arguments
        attributes = properties["org.freedesktop.Secret.Item.Attributes"]
        path = SECRETS + "/collection/login/%d" % (len(self.items) + 1)
        self.items[path] = (attributes, tuple(bytes(part) if isinstance(part, list) else part for part in secret))
        self.export(path, ITEM, self.on_item, {"Locked": GLib.Variant("b", False)})
        say(remembered=attributes)
        return GLib.Variant("(oo)", (path, "/"))

    def on_item(self, _sender, path, _method, _arguments):
        say(forgotten=self.items.pop(path)[0])
        return GLib.Variant("(o)", ("/",))


loop = GLib.MainLoop()
mocks = Mocks()
loop.run()
