using System.Text;
using System.Text.Json;
using Gatehouse.Derp.Access;
using Gatehouse.Derp.Protocol;
using Gatehouse.Platform.Crypto;

namespace Gatehouse.Derp.Hub;

// The handshake: our key, who the device is, whether it may, and that it may.
internal abstract partial class DerpConnection
{
    private const int BoxAt = NodeKey.Size;

    /// <summary>The first frame: our public key, so that the device can seal its own introduction for us alone.</summary>
    protected void Greet() => Send(hub.Greeting);

    private void Introduce(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < NodeKey.Size + Box.Overhead)
        {
            End(Cut.Handshake);
            return;
        }
        var key = new NodeKey(payload);
        if (Box.Open(payload[BoxAt..], payload[..NodeKey.Size], hub.SecretKey) is not { } json || !Understood(json))
        {
            End(Cut.Handshake);
            return;
        }
        _stage = Stage.Admission;
        var verdict = hub.Admission.Ask(key, address);
        if (verdict.IsCompletedSuccessfully)
        {
            Decide(key, verdict.Result);
            return;
        }
        Pause();
        Pending.Take(PendingConnection.Asked);
        _ = DecideLater(key, verdict);
    }

    private static bool Understood(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private async Task DecideLater(NodeKey key, ValueTask<Denial?> verdict)
    {
        try
        {
            var denial = await verdict;
            Resume(() => Decide(key, denial));
        }
        catch (Exception e)
        {
            // Nobody waits for this: it would be heard of nowhere.
            Fail(e);
        }
    }

    private void Decide(NodeKey key, Denial? denial)
    {
        // From here on it cannot be cut any more for not being introduced.
        if (_stage != Stage.Admission || !Pending.Leave())
            return;
        denial ??= hub.Enter(this, key);
        if (denial is { } reason)
        {
            hub.CountDenial(reason);
            if (reason == Denial.Denied)
                hub.Refused.Add(key, address, Environment.TickCount64);
            End(null, Frame.Of(FrameType.Health, Encoding.UTF8.GetBytes(Explain(reason))));
            return;
        }
        var info = Box.Seal("{\"version\":2}"u8, Device!.Bytes, hub.SecretKey);
        // As one: others may send to it from now on, and it hears of that before anything from them.
        lock (Gate)
        {
            hub.Activate(this);
            Message(Frame.Of(FrameType.ServerInfo, info));
        }
        Push();
    }

    /// <summary>Called by the hub, under its lock, when the connection is let in.</summary>
    public void Opened(Device device)
    {
        Device = device;
        Interlocked.Add(ref device.BytesIn, _early);
        hub.CountIn(_early);
        lock (_gate)
        {
            Interlocked.Add(ref device.BytesOut, _earlyOut);
            hub.CountOut(_earlyOut);
            MoveShare();
        }
        _stage = Stage.Open;
    }

    // In English: it appears in the device's own messages, beside those of its client program.
    private static string Explain(Denial reason) => reason switch
    {
        Denial.Quota => DerpHub.QuotaText,
        Denial.KeyLimit => "This device has too many connections to the relay.",
        Denial.IpLimit or Denial.Full => "The relay has too many connections.",
        Denial.Stopping => "The relay is stopping.",
        Denial.Unreachable => "The relay cannot find out whether this device is allowed.",
        _ => "This device is not allowed on this relay.",
    };
}
