using Gatehouse.Derp.Network;

namespace Gatehouse.Derp.Transport;

// What fails for one connection, an allocation included, ends that one: the thread serves many.
internal sealed unsafe partial class RelayLoop
{
    private void Live()
    {
        while (!_stopping)
        {
            try
            {
                Work();
            }
            catch (Exception e)
            {
                _failed(e);
                DeliverOthers();
            }
        }
    }

    // Serves a client whom the system tells something about.
    private void Attend(SocketConnection client, uint events)
    {
        try
        {
            if (!Read(client, events))
                Close(client);
            else if ((events & Libc.Out) != 0)
                client.Room();
        }
        catch (Exception e)
        {
            Failed(client, e);
        }
    }

    // False when it is over.
    private bool Read(SocketConnection client, uint events)
    {
        var gone = (events & (Libc.Error | Libc.HangUp)) != 0;
        // While a service is asked about it, only its end is told.
        if (gone && client is { IsPaused: true, Device: null })
            return false;
        return (!gone && (events & Libc.In) == 0) || Read(client, gone);
    }

    /// <summary>Does something for a client, on the loop's thread; its failure is that client's end.</summary>
    public void Guard(SocketConnection client, Action serve)
    {
        try
        {
            serve();
        }
        catch (Exception e)
        {
            Failed(client, e);
        }
    }

    // What was gathered before still lies in its buffers.
    private void DeliverOthers()
    {
        try
        {
            Deliver();
        }
        catch (Exception e)
        {
            Batch.Clear();
            _gathered = 0;
            _failed(e);
        }
    }

    private void Failed(SocketConnection client, Exception e)
    {
        DeliverOthers();
        client.Fail(e);
        if (client.Slot >= 0)
        {
            Close(client);
            return;
        }
        Interlocked.Decrement(ref _assigned);
        client.Close();
    }
}
