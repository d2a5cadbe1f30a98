using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Staff;

/// <summary>Does its part when an account comes or goes, inside the same transaction: what hangs on accounts registers itself.</summary>
public interface IAccountObserver
{
    /// <summary>A member of staff was added.</summary>
    ValueTask Created(WriteTx tx, Account account);

    /// <summary>The account is about to be deleted.</summary>
    ValueTask Removing(WriteTx tx, Account account);
}
