namespace Gatehouse.Platform.Crypto;

/// <summary>Too many sign-ins wait for their password to be checked; the caller tries again in a moment.</summary>
public sealed class PasswordQueueFullException() : Exception("Too many sign-ins at once.");

/// <summary>In which order passwords are checked while many wait: the first before all others.</summary>
public enum Precedence
{
    /// <summary>People who are signed in, or whose browser was before.</summary>
    Known,

    /// <summary>From an address without a failure of late.</summary>
    Unsuspected,

    /// <summary>From an address with failures.</summary>
    Suspected,
}

/// <summary>
/// Runs work that takes much memory, a few pieces at once; a bounded number waits. Those of less precedence, and then those of an
/// address that has more of them here already, come later, and are the ones turned away when it is full: however many
/// one address sends, or several that fail, somebody else's piece is next.
/// </summary>
internal sealed class PasswordQueue(int atOnce, int waiting)
{
    private sealed record Waiter(Precedence Precedence, int Before, long Arrival, string From)
    {
        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static readonly Comparer<Waiter> Order = Comparer<Waiter>.Create((a, b) =>
        (a.Precedence, a.Before, a.Arrival).CompareTo((b.Precedence, b.Before, b.Arrival)));

    private readonly Lock _gate = new();
    private readonly Aside _aside = new(atOnce);
    private readonly SortedSet<Waiter> _waiting = new(Order);
    private readonly Dictionary<string, int> _here = [];
    private int _running;
    private long _arrivals;

    /// <summary>Runs the work when it is its turn.</summary>
    /// <param name="from">Whose it is: an address.</param>
    /// <exception cref="PasswordQueueFullException">It is full, also of those that came before and then had to give way.</exception>
    public async Task<T> Run<T>(string from, Precedence precedence, Func<T> work)
    {
        await Enter(from, precedence);
        try
        {
            return await _aside.Run(work);
        }
        finally
        {
            Leave(from);
        }
    }

    private Task Enter(string from, Precedence precedence)
    {
        lock (_gate)
        {
            var waiter = new Waiter(precedence, _here.GetValueOrDefault(from), _arrivals++, from);
            if (_running < atOnce)
            {
                _running++;
                waiter.Turn.SetResult();
            }
            else
            {
                if (_waiting.Count == waiting)
                    MakeRoom(waiter);
                _waiting.Add(waiter);
            }
            // Counted anew: who gave way may have been of the same address.
            _here[from] = _here.GetValueOrDefault(from) + 1;
            return waiter.Turn.Task;
        }
    }

    private void MakeRoom(Waiter newcomer)
    {
        if (_waiting.Max is not { } last || Order.Compare(newcomer, last) > 0)
            throw new PasswordQueueFullException();
        _waiting.Remove(last);
        Gone(last.From);
        last.Turn.SetException(new PasswordQueueFullException());
    }

    private void Leave(string from)
    {
        lock (_gate)
        {
            Gone(from);
            if (_waiting.Min is not { } next)
            {
                _running--;
                return;
            }
            _waiting.Remove(next);
            next.Turn.SetResult();
        }
    }

    private void Gone(string from)
    {
        if (_here[from] == 1)
            _here.Remove(from);
        else
            _here[from]--;
    }
}
