using System.Runtime.CompilerServices;
using Gatehouse.Derp.Network;

namespace Gatehouse.Derp.Transport;

// What goes out: gathered as the network would, and written in messages that every client reads.
internal sealed partial class StreamConnection
{
    // The clients' own limit of a WebSocket message (derp.md section 3). Where a message ends means nothing to DERP.
    private const int MostMessage = 32 * 1024;

    // About what the network takes of a burst on a plain connection.
    private const int MostGathered = 1024 * 1024;
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[]? _filling;
    private int _filled, _beingWritten;
    private bool _writing, _shut;

    protected override long Unsent => (_filling?.Length ?? 0) + _beingWritten;

    protected override unsafe nint Transmit(IoVector* vectors, int count)
    {
        var room = (int)Math.Min(MostGathered - _filled, RoomLeft);
        nint taken = 0;
        for (var i = 0; i < count && room > 0; i++)
        {
            var part = (int)Math.Min(vectors[i].Length, room);
            Gather(vectors[i].Start, part);
            room -= part;
            taken += part;
        }
        return taken;
    }

    private unsafe void Gather(byte* data, int length)
    {
        if (_filling is null || _filling.Length - _filled < length)
        {
            var longer = BufferPool.Rent(Math.Max(_filled + length, Math.Min(2 * _filled, MostGathered)));
            if (_filling is not null)
            {
                _filling.AsSpan(0, _filled).CopyTo(longer);
                BufferPool.Return(_filling);
            }
            _filling = longer;
        }
        Unsafe.CopyBlockUnaligned(BufferPool.Address(_filling) + _filled, data, (uint)length);
        _filled += length;
    }

    protected override void Push()
    {
        // Nor does one that takes nothing any more hold what waits for it.
        if (IsEnded)
            _ended.CancelAfter(LastWords);
        lock (Gate)
        {
            if (_writing || (_filled == 0 && !_shut))
                return;
            _writing = true;
        }
        _ = Write();
    }

    // Runs on the thread that delivered, until the network makes it wait.
    private async Task Write()
    {
        try
        {
            while (Next() is var (buffer, length) && buffer is not null)
            {
                for (var at = 0; at < length; at += MostMessage)
                {
                    await stream.WriteAsync(buffer.AsMemory(at, Math.Min(MostMessage, length - at)), stop);
                    NoteProgress();
                }
                await stream.FlushAsync(stop);
                BufferPool.Return(buffer);
                Written();
            }
        }
        catch (Exception e)
        {
            if (!IsGone(e))
                Fail(e);
            Abandon();
            _written.TrySetResult();
            End(null);
            await _ended.CancelAsync();
        }
    }

    private void Abandon()
    {
        lock (Gate)
        {
            if (_filling is not null)
                BufferPool.Return(_filling);
            (_filling, _filled, _beingWritten) = (null, 0, 0);
        }
        ForgetQueue();
    }

    private void Written()
    {
        lock (Gate)
            _beingWritten = 0;
        Flush();
    }

    // The buffer to write next, null when there is none.
    private (byte[]? Buffer, int Length) Next()
    {
        lock (Gate)
        {
            var next = (_filling, _filled);
            (_filling, _filled) = (null, 0);
            _beingWritten = next._filling?.Length ?? 0;
            if (next._filled > 0)
                return next;
            _writing = false;
            if (!_shut)
                return default;
        }
        // All is said; the reading side ends soon, if the device does not end it.
        _written.TrySetResult();
        _ended.CancelAfter(LastWords / 2);
        return default;
    }

    // What is left is sent after each write, so there is nothing to arrange.
    protected override void WantRoom()
    {
    }

    protected override void Shut() => _shut = true;
}
